-- PgBouncers before clusters. The file with their databases is ours alone, and of one pooler.
create table pooler (
  cluster     text not null references cluster on delete cascade,
  name        text not null,
  address     text not null,
  port        integer not null,
  username    text not null,
  password    text,
  ssl_mode    text not null,
  databases   jsonb not null,
  config_file text not null unique,
  created_at  timestamptz not null default now(),
  primary key (cluster, name)
);
