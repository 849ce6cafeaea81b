-- Failovers of scratch copies. They outlive the operations and the backups that they were made of.
create table failover_drill (
  id uuid primary key,
  cluster text not null,
  passed boolean not null,
  report jsonb not null,
  created_at timestamptz not null default now()
);
create index failover_drill_by_cluster on failover_drill (cluster, id);
