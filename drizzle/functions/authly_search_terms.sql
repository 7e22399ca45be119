-- The full-text search terms of an event. Ids and names are whole terms, truncated to what a tsvector accepts; empty
-- texts are left out. Not LANGUAGE sql: every insert would pay for inlining it, even for events without search terms.
CREATE OR REPLACE FUNCTION authly_search_terms(
  type text, outcome text, actor_type text, actor_id text, user_id text, client_id text, session_id text,
  entity_type text, entity_id text, ip text, request_id text, user_agent text, changes jsonb, data jsonb
) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  RETURN array_to_tsvector(array_remove(array_remove(ARRAY[
      type, split_part(type, '.', 1), outcome, actor_type,
      left(lower(actor_id), 500), left(lower(user_id), 500), left(lower(client_id), 500), left(lower(session_id), 500),
      left(lower(entity_type), 500), left(lower(entity_id), 500), left(lower(ip), 500), left(lower(request_id), 500)],
      NULL), ''))
    || to_tsvector('simple', replace(left(coalesce(user_agent, ''), 10000), '/', ' '))
    || authly_json_terms(coalesce(changes, '{}')) || authly_json_terms(data);
END
$$;
