-- Where each primary was when it was seen last.
create table primary_sighting (
  cluster text primary key references cluster (name) on delete cascade,
  instance text not null,
  lsn bigint not null,
  synchronous boolean not null,
  bytes_per_second bigint not null default 0,
  seen_at timestamptz not null default now()
);

-- Every change of a primary. It outlives the operation that made it, and the cluster.
create table primary_change (
  operation uuid primary key,
  cluster text not null,
  kind text not null check (kind in ('SWITCHOVER', 'FAILOVER')),
  old_primary text not null,
  report jsonb not null,
  reason text not null,
  principal text not null,
  real_loss_bytes bigint,
  real_loss_commits bigint
);
create index primary_change_by_cluster on primary_change (cluster, operation);
