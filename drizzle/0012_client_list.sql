CREATE INDEX "clients_created" ON "clients" USING btree ("created_at","client_id");--> statement-breakpoint
CREATE INDEX "clients_name" ON "clients" USING btree ("client_name","client_id");