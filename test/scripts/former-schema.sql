-- What the last of the former migrations left otherwise than the schema of today has it.
DROP INDEX audit_events_session_position, audit_events_entity_id_position, audit_events_failures;
ALTER TABLE audit_events DROP COLUMN search_terms;
DROP FUNCTION authly_search_terms, authly_json_terms;
CREATE FUNCTION authly_json_words(document jsonb) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT jsonb_to_tsvector('simple', document, '["string", "numeric"]')
$$;
CREATE FUNCTION authly_audit_words("position" bigint, occurred_at timestamptz, type text, outcome text, actor_type text,
    actor_id text, user_id text, client_id text, session_id text, entity_type text, entity_id text, ip text,
    request_id text, user_agent text, changes jsonb, data jsonb)
  RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT array_to_tsvector(ARRAY[type]) || authly_json_words(data)
$$;
ALTER TABLE audit_events ADD COLUMN words tsvector GENERATED ALWAYS AS (authly_audit_words("position", occurred_at, type,
  outcome, actor_type, actor_id, user_id, client_id, session_id, entity_type, entity_id, ip, request_id, user_agent, changes,
  data)) STORED;
CREATE INDEX audit_events_words ON audit_events USING gin (words) WITH (fastupdate = true, gin_pending_list_limit = 64);
CREATE INDEX audit_events_entity_position ON audit_events (entity_type, entity_id, "position");
CREATE FUNCTION authly_lent_permissions(actor_type text, actor_id text, lent text[]) RETURNS text[] LANGUAGE sql STABLE AS $$
  SELECT lent
$$;
CREATE FUNCTION authly_client_may(client text, permission text) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT true
$$;
