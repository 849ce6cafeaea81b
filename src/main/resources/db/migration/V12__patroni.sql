-- How the Patroni of a cluster is reached; the password in it is sealed.
alter table cluster add column patroni jsonb;
alter table cluster drop constraint cluster_driver_check;
alter table cluster add constraint cluster_driver_check check (driver in ('NATIVE', 'PATRONI'));

-- A change that Patroni made by itself is of no operation.
alter table primary_change rename column operation to id;
alter table primary_change add column operation uuid;
update primary_change set operation = id;
alter table primary_change add column new_primary text;
alter table primary_change add column timeline integer;
update primary_change set new_primary = report ->> 'newPrimary', timeline = (report ->> 'timeline')::integer;
alter table primary_change alter column new_primary set not null;
alter table primary_change alter column timeline set not null;

-- What a primary was seen to be is not forgotten when another one takes its place.
alter table primary_sighting drop constraint primary_sighting_pkey;
alter table primary_sighting add primary key (cluster, instance);

-- Whom Patroni was seen to have made the leader, and up to which timeline its clients were led to it.
create table patroni_leader (
  cluster      text primary key references cluster on delete cascade,
  leader       text not null,
  timeline     integer not null,
  led_timeline integer not null
);
