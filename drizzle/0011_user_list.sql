CREATE INDEX "users_by_username" ON "users" USING btree (coalesce(lower("username"), ''),"id");--> statement-breakpoint
CREATE INDEX "users_by_email" ON "users" USING btree (coalesce(lower("email"), ''),"id");--> statement-breakpoint
CREATE INDEX "users_by_name" ON "users" USING btree (coalesce(lower("profile"->>'name'), ''),"id");--> statement-breakpoint
CREATE INDEX "users_email_verified" ON "users" USING btree ("email_verified");--> statement-breakpoint
CREATE INDEX "users_phone_number_verified" ON "users" USING btree ("phone_number_verified");--> statement-breakpoint
CREATE INDEX "users_profile" ON "users" USING gin ("profile" jsonb_path_ops);