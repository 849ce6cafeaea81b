-- A role for pgbosun on a cluster that exists already, with the least privileges. PostgreSQL 15 or newer.
--
-- Run it once on the primary, as a superuser:
--
--   psql -X -d postgres -f grants.sql                 the role is called pgbosun
--   psql -X -d postgres -v role=NAME -f grants.sql    or otherwise
--   psql -X -d postgres -c '\password pgbosun'        sends a verifier, never the password itself
--
-- Let the role log in from where pgbosun runs, to every database and to "postgres" (pg_hba.conf: hostssl,
-- scram-sha-256), and register the cluster with ./pgbosun clusters register. Running this again changes nothing.
--
-- What each kind needs:
--
--   looking, metrics, register  pg_monitor
--   checkpoint                  pg_checkpoint
--   backup                      pg_read_all_data. Tables with row level security need the attribute BYPASSRLS too,
--                               large objects the right to read them; without these pg_dump fails, and so does the backup.
--                               Passwords of roles are only readable for superusers: the roles of a backup have none.
--   vacuum, analyze, reindex    the ownership of what is maintained: membership in the roles that own it. PostgreSQL 15
--                               and 16 have no grantable right for it; from 17 on there is pg_maintain, granted below.
--                               PostgreSQL only warns about tables it skips in VACUUM and ANALYZE for lack of ownership.
--                               System catalogs belong to the superuser, and are left to autovacuum.
--   restore                     CREATEDB, and membership in the role that owns the database (not with owners=false).
--                               Swapping in renames the existing database: its owner's membership again.
--   ending sessions             pg_signal_backend: a restore that swaps ends the sessions of the database. Sessions of
--                               superusers stay, and the swap then fails and is taken back.
--   drill                       nothing here: it restores into a scratch instance of its own
--   extensions in a restore     those that are not marked trusted need a superuser: create them beforehand
--
-- start, stop and delete of a cluster, and archiving its WAL, are for clusters that pgbosun has made itself.

\set ON_ERROR_STOP on
\if :{?role}
\else
  \set role pgbosun
\endif

begin;

select format('create role %I login nosuperuser nocreaterole noreplication nobypassrls inherit', :'role')
where not exists (select from pg_roles where rolname = :'role') \gexec

grant pg_monitor, pg_signal_backend, pg_checkpoint, pg_read_all_data to :"role";

select format('grant pg_maintain to %I', :'role')
where exists (select from pg_roles where rolname = 'pg_maintain') \gexec

-- For restores into this cluster.
alter role :"role" createdb;

commit;

-- For maintenance (before PostgreSQL 17) and for restores with owners: one line for each role that owns databases or
-- tables. This lets pgbosun do whatever that role may do, writing included; grant it only where that is wanted.
--
--   grant app to pgbosun;
