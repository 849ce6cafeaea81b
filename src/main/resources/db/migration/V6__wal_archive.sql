-- Where the WAL of a cluster is archived. The row stays when archiving is switched off (ended_at): what is archived can be
-- recovered from still.
create table wal_archive (
  cluster    text primary key references cluster on delete cascade,
  repository text not null references repository,
  since      timestamptz not null,
  ended_at   timestamptz
);
create index wal_archive_by_repository on wal_archive (repository);
