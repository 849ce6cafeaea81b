-- Repositories whose backups are encrypted before they are stored; those that are there already stay as they are.
alter table repository add column encrypted boolean not null default false;
