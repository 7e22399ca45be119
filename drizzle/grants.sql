-- The privileges of the worker's role. Replaced at every migrate: what is not granted here is revoked. The role owns
-- nothing, so it cannot change the schema, and functions run with the privileges of their caller. `:worker` and
-- `:database` are replaced with names known to the migrate.
REVOKE CREATE, TEMPORARY ON DATABASE :database FROM PUBLIC;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
-- Every role has the privileges of PUBLIC.
REVOKE ALL ON ALL TABLES IN SCHEMA public, drizzle FROM PUBLIC;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public, drizzle FROM PUBLIC;
REVOKE ALL ON DATABASE :database FROM :worker;
REVOKE ALL ON SCHEMA public, drizzle FROM :worker;
REVOKE ALL ON ALL TABLES IN SCHEMA public, drizzle FROM :worker;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public, drizzle FROM :worker;

GRANT CONNECT ON DATABASE :database TO :worker;
GRANT USAGE ON SCHEMA public, drizzle TO :worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO :worker;
GRANT USAGE ON SEQUENCE audit_events_position_seq TO :worker;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO :worker;
-- The status of the server shows the last migration.
GRANT SELECT ON drizzle.__drizzle_migrations TO :worker;

-- Events are written once. Retention deletes them; erasure blanks personal data, and nothing else about them changes.
REVOKE UPDATE ON audit_events FROM :worker;
GRANT UPDATE (changes, data, details_salt, ip, user_agent, origin_salt, erased_at) ON audit_events TO :worker;
-- Checkpoints and what they sign stay; leaves are deleted when all their events are gone.
REVOKE UPDATE, DELETE ON audit_checkpoints FROM :worker;
GRANT UPDATE (leaves) ON audit_checkpoints TO :worker;
-- A client id is assigned once and never becomes free again.
REVOKE UPDATE, DELETE ON client_ids FROM :worker;
