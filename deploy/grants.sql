-- A role for pgbosun on a cluster that exists already, with the least privileges.
--
-- Run it once on the primary, as a superuser, in any database:
--
--   psql -X -v ON_ERROR_STOP=1 -v role=pgbosun -f grants.sql
--   psql -X -c '\password pgbosun'
--
-- then let the role log in from where pgbosun runs (pg_hba.conf, scram-sha-256, hostssl) to every database and to the
-- database postgres, and register the cluster:
--
--   ./pgbosun clusters register NAME --help
--
-- Running it again changes nothing. It gives no password; \password sends a verifier and never the password itself.
-- PostgreSQL 15 or newer.

\set ON_ERROR_STOP 1
\if :{?role}
\else
  \set role pgbosun
\endif

select format('create role %I login nosuperuser nocreatedb nocreaterole noreplication noinherit', :'role')
where not exists (select from pg_roles where rolname = :'role') \gexec

