-- Everything an event can be found by, as words. Ids and names are whole words, cut where a tsvector would refuse them;
-- an empty text is none. `r:`, `p:`, `d:` and `m:` say in which run of 32,768 positions the event is, in which part
-- of 2,048 of it, on which day and in which 32 days.
CREATE OR REPLACE FUNCTION authly_audit_words(
  "position" bigint, occurred_at timestamptz, type text, outcome text, actor_type text, actor_id text, user_id text,
  client_id text, session_id text, entity_type text, entity_id text, ip text, request_id text, user_agent text,
  changes jsonb, data jsonb
) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT array_to_tsvector(array_remove(array_remove(ARRAY[
      'r:' || "position" / 32768, 'p:' || "position" / 2048,
      'd:' || floor(extract(epoch FROM occurred_at) / 86400)::int,
      'm:' || floor(extract(epoch FROM occurred_at) / 86400)::int / 32,
      type, split_part(type, '.', 1), outcome, actor_type,
      left(lower(actor_id), 500), left(lower(user_id), 500), left(lower(client_id), 500), left(lower(session_id), 500),
      left(lower(entity_type), 500), left(lower(entity_id), 500), left(lower(ip), 500), left(lower(request_id), 500)],
      NULL), ''))
    || to_tsvector('simple', replace(left(coalesce(user_agent, ''), 10000), '/', ' '))
    || authly_json_words(coalesce(changes, '{}')) || authly_json_words(data)
$$;
