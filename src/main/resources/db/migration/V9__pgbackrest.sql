-- What stores the WAL of a cluster in its archive.
alter table wal_archive add column method text not null default 'SCRIPT' check (method in ('SCRIPT', 'PGBACKREST'));
create index backup_by_stanza on backup (repository, (manifest->'set'->>'stanza')) where manifest->'set'->>'stanza' is not null;
