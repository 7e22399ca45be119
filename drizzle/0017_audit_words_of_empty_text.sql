-- An empty text is no word: array_to_tsvector refuses it, and one event with an empty client id or address would keep
-- a whole batch of events from Postgres for good.
CREATE OR REPLACE FUNCTION authly_audit_words(event audit_events) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 500 AS $$
  SELECT array_to_tsvector(array_remove(array_remove(ARRAY[
      'p:' || event.position / 32768,
      'd:' || floor(extract(epoch FROM event.occurred_at) / 86400)::int,
      'm:' || floor(extract(epoch FROM event.occurred_at) / 86400)::int / 32,
      event.type, split_part(event.type, '.', 1), event.outcome, event.actor_type, lower(event.actor_id),
      lower(event.user_id), lower(event.client_id), lower(event.session_id), lower(event.entity_type),
      lower(event.entity_id), lower(event.ip), lower(event.request_id)], NULL), ''))
    || to_tsvector('simple', replace(coalesce(event.user_agent, ''), '/', ' '))
    || jsonb_to_tsvector('simple', coalesce(event.changes, '{}'), '["string", "numeric"]')
    || jsonb_to_tsvector('simple', event.data, '["string", "numeric"]')
$$;
