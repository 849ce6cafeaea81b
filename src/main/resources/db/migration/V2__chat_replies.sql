-- Outcomes that are still to be told in chat: one row an operation, from its start until the outcome was posted.

create table chat_reply (
  operation    uuid primary key references operation on delete cascade,
  response_url text not null,
  chat_user    text not null,
  posts        integer not null default 0,
  post_at      timestamptz not null default now(),
  created_at   timestamptz not null default now()
);
