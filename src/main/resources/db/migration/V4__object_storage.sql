-- Repositories in object storage. The path is what people call the place by; how it is reached, with the secret sealed, is
-- beside it. A directory needs no more than its path.
alter table repository drop constraint repository_type_check;
alter table repository add column location jsonb;
alter table repository add constraint repository_type_check
  check (type in ('FILESYSTEM', 'S3', 'AZURE_BLOB') and (type = 'FILESYSTEM') = (location is null));
