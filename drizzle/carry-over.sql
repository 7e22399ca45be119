-- From the schema of the last former migration to the current one: search terms replace the former words.
DROP INDEX "audit_events_entity_position";
DROP INDEX "audit_events_words";
ALTER TABLE "audit_events" ADD COLUMN "search_terms" "tsvector" GENERATED ALWAYS AS (CASE WHEN type NOT IN ('token.issued', 'token.refreshed', 'token.replayed') THEN authly_search_terms(type, outcome, actor_type, actor_id, user_id, client_id, session_id, entity_type, entity_id, ip, request_id, user_agent, changes, data) END) STORED;
CREATE INDEX "audit_events_session_position" ON "audit_events" USING btree ("session_id","position") WHERE "audit_events"."session_id" is not null;
CREATE INDEX "audit_events_entity_id_position" ON "audit_events" USING btree ("entity_type","entity_id","position") WHERE "audit_events"."entity_id" is not null;
CREATE INDEX "audit_events_failures" ON "audit_events" USING btree ("position") WHERE outcome = 'failure';
CREATE INDEX "audit_events_search_terms" ON "audit_events" USING gin ("search_terms") WHERE "audit_events"."search_terms" is not null;
ALTER TABLE "audit_events" DROP COLUMN "words";
DROP FUNCTION authly_audit_words(bigint, timestamptz, text, text, text, text, text, text, text, text, text, text, text, text, jsonb, jsonb);
DROP FUNCTION authly_json_words(jsonb);
DROP FUNCTION authly_lent_permissions(text, text, text[]);
DROP FUNCTION authly_client_may(text, text);
