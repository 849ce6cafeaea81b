-- Hosts that are reached by SSH, and where the servers of a host listen.
alter table host drop constraint host_driver_check;
alter table host add constraint host_driver_check check (driver in ('LOCAL', 'SSH'));
alter table host add column address text not null default '127.0.0.1';
alter table host add column ssh_port integer;
alter table host add column ssh_user text;
alter table host add column host_key text;
alter table host add column networks text[] not null default '{}';
alter table host add column bin_directory text;
alter table host add column postgres_version integer;
alter table host add constraint host_login check (driver = 'LOCAL' or (ssh_port is not null and ssh_user is not null and host_key is not null));
