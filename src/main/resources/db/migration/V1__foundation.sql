-- The control database of pgbosun. Times are timestamptz, the database's clock is the authority.

create table operation (
  id               uuid primary key,
  kind             text not null,
  target           text not null,
  labels           jsonb not null default '{}',
  state            text not null check (state in ('AWAITING_APPROVAL', 'SCHEDULED', 'QUEUED', 'RUNNING', 'CANCELLING',
                     'STUCK', 'SUCCEEDED', 'FAILED', 'CANCELLED', 'REJECTED', 'EXPIRED')),
  state_reason     text not null default '',
  spec             jsonb not null,
  principal        text not null,
  channel          text not null,
  reason           text not null default '',
  idempotency_key  text,
  fingerprint      text not null,
  plan_digest      text,
  retry_of         uuid references operation on delete set null,
  risk             text not null,
  cancel_effect    text not null,
  locks            jsonb not null default '[]',
  approvals        jsonb not null default '[]',
  start_time       timestamptz,
  start_deadline   timestamptz,
  timeout_seconds  integer not null,
  committed        boolean not null default false,
  cancel_requested boolean not null default false,
  lease_owner      text,
  lease_epoch      bigint not null default 0,
  lease_until      timestamptz,
  probes           integer not null default 0,
  probe_at         timestamptz,
  progress         jsonb,
  warnings         jsonb not null default '[]',
  result           jsonb,
  problem          jsonb,
  undoing          jsonb,
  last_event       bigint not null default 0,
  created_at       timestamptz not null default now(),
  started_at       timestamptz,
  updated_at       timestamptz not null default now(),
  ended_at         timestamptz,
  unique (principal, idempotency_key)
);
create index operation_queued on operation (created_at, id) where state = 'QUEUED';
create index operation_leased on operation (lease_until) where state in ('RUNNING', 'CANCELLING');
create index operation_stuck on operation (probe_at) where state = 'STUCK';
create index operation_waiting on operation (state) where state in ('AWAITING_APPROVAL', 'SCHEDULED');
create index operation_by_target on operation (target, id);
create index operation_by_kind on operation (kind, id);
create index operation_by_state on operation (state, id);
create index operation_ended on operation (ended_at) where ended_at is not null;

-- A place in the line for a resource; the row exists from queueing to the final state.
create table operation_lock (
  operation uuid not null references operation on delete cascade,
  resource  text not null,
  exclusive boolean not null,
  place     bigint generated always as identity,
  held      boolean not null default false,
  primary key (operation, resource)
);
create index operation_lock_line on operation_lock (resource, place);

create table operation_step (
  operation  uuid not null references operation on delete cascade,
  name       text not null,
  place      integer not null,
  state      text not null check (state in ('INTENT', 'DONE', 'FOUND', 'UNDONE')),
  epoch      bigint not null,
  answer     jsonb,
  started_at timestamptz not null default now(),
  ended_at   timestamptz,
  primary key (operation, name)
);

create table operation_event (
  operation uuid not null references operation on delete cascade,
  number    bigint not null,
  at        timestamptz not null default now(),
  type      text not null,
  data      jsonb not null default '{}',
  primary key (operation, number)
);

create table audit_entry (
  id        uuid primary key default gen_random_uuid(),
  number    bigint unique,
  at        timestamptz not null default clock_timestamp(),
  principal text not null,
  channel   text not null,
  action    text not null,
  target    text not null,
  operation uuid,
  details   jsonb not null default '{}',
  hash      text
);
create index audit_entry_unsealed on audit_entry (at, id) where number is null;
create index audit_entry_newest on audit_entry (at desc, id desc);
create index audit_entry_by_operation on audit_entry (operation) where operation is not null;

create table token (
  id         uuid primary key,
  principal  text not null,
  hash       text not null,
  grants     jsonb not null,
  created_by text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz
);

create table chat_user (
  id         text primary key,
  principal  text not null,
  grants     jsonb not null,
  created_at timestamptz not null default now()
);

create table host (
  name           text primary key,
  driver         text not null check (driver in ('LOCAL')),
  data_root      text not null,
  created_at     timestamptz not null default now()
);

create table cluster (
  name              text primary key,
  driver            text not null check (driver in ('NATIVE')),
  origin            text not null check (origin in ('PROVISIONED', 'REGISTERED')),
  labels            jsonb not null default '{}',
  policy            jsonb not null default '{}',
  username          text not null,
  password          text,
  ssl_mode          text not null,
  system_identifier text,
  version           bigint not null default 1,
  created_at        timestamptz not null default now()
);

create table instance (
  cluster        text not null references cluster on delete cascade,
  name           text not null,
  host           text references host,
  address        text not null,
  port           integer not null,
  data_directory text,
  primary key (cluster, name),
  unique (address, port)
);

create table database_labels (
  cluster  text not null references cluster on delete cascade,
  database text not null,
  labels   jsonb not null,
  primary key (cluster, database)
);

create table repository (
  name       text primary key,
  type       text not null check (type in ('FILESYSTEM')),
  path       text not null unique,
  created_at timestamptz not null default now()
);

create table backup (
  id             uuid primary key,
  cluster        text not null,
  labels         jsonb not null,
  repository     text not null references repository,
  type           text not null,
  confidence     text not null,
  size_bytes     bigint not null,
  manifest       jsonb not null,
  evidence       jsonb not null default '[]',
  started_at     timestamptz not null,
  ended_at       timestamptz not null
);
create index backup_by_cluster on backup (cluster, id);

create table drill (
  id         uuid primary key,
  cluster    text not null,
  backup     uuid not null references backup on delete cascade,
  passed     boolean not null,
  report     jsonb not null,
  created_at timestamptz not null default now()
);
create index drill_by_cluster on drill (cluster, id);
