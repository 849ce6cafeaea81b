-- What is started again and again by the clock, and what of the backups is kept.

create table schedule (
  id              uuid primary key,
  name            text not null unique,
  kind            text not null,
  spec            jsonb not null,
  target          text,
  selector        jsonb,
  labels          jsonb not null,
  principal       text not null,
  cron            text not null,
  zone            text not null,
  jitter_seconds  integer not null,
  missed_runs     text not null check (missed_runs in ('RUN_ONCE', 'SKIP')),
  grace_seconds   integer not null,
  overlap         text not null check (overlap in ('SKIP', 'QUEUE')),
  paused          boolean not null,
  fire_time       timestamptz,
  due             timestamptz,
  taken_until     timestamptz,
  last_fire_time  timestamptz,
  operations      uuid[] not null default '{}',
  last_skip_time  timestamptz,
  last_skip       text,
  last_problem    jsonb,
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  check ((target is null) <> (selector is null))
);
create index schedule_due on schedule (due) where not paused;
comment on column schedule.fire_time is 'The next time that cron says; due is that time with its jitter.';
comment on column schedule.taken_until is 'Until then a service is at work on what is due; after it another one may be.';
comment on column schedule.operations is 'Those of the last firing, and those before it that had not ended.';

create table backup_policy (
  name       text primary key,
  cluster    text,
  selector   jsonb,
  retention  jsonb not null,
  created_at timestamptz not null default now()
);

-- A backup that is held is kept whatever rule or person wants it gone; one that is marked by the operation that removes it
-- can be held no more.
alter table backup add column hold jsonb;
alter table backup add column removed_by uuid;
-- The backups without which this one cannot be restored.
alter table backup add column needs uuid[] not null default '{}';
