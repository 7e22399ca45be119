-- The words of a JSON value. A tsvector holds at most a megabyte: of what is huge only the beginning is found, and
-- the event is not refused.
CREATE FUNCTION authly_json_words(document jsonb) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN octet_length(document::text) <= 100000
    THEN jsonb_to_tsvector('simple', document, '["string", "numeric"]')
    ELSE to_tsvector('simple', left(document::text, 100000)) END
$$;
--> statement-breakpoint
-- Everything an event can be found by, as words. Ids and names are whole words, cut where a tsvector would refuse them;
-- an empty text is none. `r:`, `p:`, `d:` and `m:` say in which run of 32,768 positions the event is, in which part
-- of 2,048 of it, on which day and in which 32 days.
CREATE FUNCTION authly_audit_words("position" bigint, occurred_at timestamptz, type text, outcome text, actor_type text,
    actor_id text, user_id text, client_id text, session_id text, entity_type text, entity_id text, ip text,
    request_id text, user_agent text, changes jsonb, data jsonb)
  RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
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
--> statement-breakpoint
DROP INDEX "audit_events_words";--> statement-breakpoint
DROP FUNCTION authly_audit_words(audit_events);--> statement-breakpoint
ALTER TABLE "audit_events" ADD COLUMN "words" "tsvector" GENERATED ALWAYS AS (authly_audit_words("position", occurred_at, type, outcome, actor_type, actor_id, user_id, client_id, session_id, entity_type, entity_id, ip, request_id, user_agent, changes, data)) STORED;--> statement-breakpoint
CREATE INDEX "audit_events_words" ON "audit_events" USING gin ("words") WITH (fastupdate=true,gin_pending_list_limit=64);--> statement-breakpoint
-- No statistics of words: the searches choose their way themselves, and a plan must not change with what is common.
ALTER TABLE "audit_events" ALTER COLUMN "words" SET STATISTICS 0;--> statement-breakpoint
-- While a reader of the horizon waits for an open write, new writes wait behind it: so not for long. It fails then
-- with lock_not_available, and its caller asks again later.
ALTER FUNCTION authly_audit_horizon() SET lock_timeout = '300ms';
