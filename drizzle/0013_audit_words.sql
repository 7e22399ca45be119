-- Everything an event can be found by, as words. Ids and names are whole words; `p:`, `d:` and `m:` say where in the
-- trail it is (a run of 32,768 positions), on which day and in which 32 days: with them in the same index, a search
-- can go through the trail from its end and stop when the page is full, whatever the words are.
CREATE FUNCTION authly_audit_words(event audit_events) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 500 AS $$
  SELECT array_to_tsvector(array_remove(ARRAY[
      'p:' || event.position / 32768,
      'd:' || floor(extract(epoch FROM event.occurred_at) / 86400)::int,
      'm:' || floor(extract(epoch FROM event.occurred_at) / 86400)::int / 32,
      event.type, split_part(event.type, '.', 1), event.outcome, event.actor_type, lower(event.actor_id),
      lower(event.user_id), lower(event.client_id), lower(event.session_id), lower(event.entity_type),
      lower(event.entity_id), lower(event.ip), lower(event.request_id)], NULL))
    || to_tsvector('simple', replace(coalesce(event.user_agent, ''), '/', ' '))
    || jsonb_to_tsvector('simple', coalesce(event.changes, '{}'), '["string", "numeric"]')
    || jsonb_to_tsvector('simple', event.data, '["string", "numeric"]')
$$;
--> statement-breakpoint
-- An address, or NULL for what is none.
CREATE FUNCTION authly_inet(address text) RETURNS inet LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN pg_input_is_valid(address, 'inet') THEN address::inet END
$$;
