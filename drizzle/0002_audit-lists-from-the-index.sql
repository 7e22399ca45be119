DROP INDEX "audit_events_time";--> statement-breakpoint
DROP INDEX "audit_events_ip";--> statement-breakpoint
CREATE INDEX "audit_events_time_position" ON "audit_events" USING btree ("occurred_at","position","type");--> statement-breakpoint
CREATE INDEX "audit_events_ip_position" ON "audit_events" USING btree (authly_inet("ip"),"position","ip");