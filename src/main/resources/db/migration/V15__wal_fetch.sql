-- WAL of servers on other hosts is fetched from there by one service at a time: by this one, until then.
alter table wal_archive add column fetcher text;
alter table wal_archive add column fetcher_until timestamptz;
