DROP INDEX "audit_events_user";--> statement-breakpoint
DROP INDEX "audit_events_client";--> statement-breakpoint
DROP INDEX "audit_events_type";--> statement-breakpoint
DROP INDEX "audit_events_actor";--> statement-breakpoint
DROP INDEX "audit_events_entity";--> statement-breakpoint
CREATE INDEX "audit_events_user_position" ON "audit_events" USING btree ("user_id","position");--> statement-breakpoint
CREATE INDEX "audit_events_client_position" ON "audit_events" USING btree ("client_id","position");--> statement-breakpoint
CREATE INDEX "audit_events_type_position" ON "audit_events" USING btree ("type","position");--> statement-breakpoint
CREATE INDEX "audit_events_actor_position" ON "audit_events" USING btree ("actor_id","position");--> statement-breakpoint
CREATE INDEX "audit_events_entity_position" ON "audit_events" USING btree ("entity_type","entity_id","position");--> statement-breakpoint
CREATE INDEX "audit_events_words" ON "audit_events" USING gin (authly_audit_words(audit_events));--> statement-breakpoint
CREATE INDEX "audit_events_ip" ON "audit_events" USING btree (authly_inet("ip"));--> statement-breakpoint
ALTER TABLE "audit_events" DROP COLUMN "origin_digest";--> statement-breakpoint
ALTER TABLE "audit_events" DROP COLUMN "details_digest";