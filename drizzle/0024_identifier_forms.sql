CREATE TABLE "user_identifier_collisions" (
	"identifier" text NOT NULL,
	"user_id" uuid NOT NULL,
	CONSTRAINT "user_identifier_collisions_identifier_user_id_pk" PRIMARY KEY("identifier","user_id")
);
--> statement-breakpoint
CREATE TABLE "user_identifiers" (
	"identifier" text PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL
);
--> statement-breakpoint
DROP INDEX "users_by_username";--> statement-breakpoint
DROP INDEX "users_by_email";--> statement-breakpoint
DROP INDEX "users_search_words";--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "username_form" text;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "email_form" text;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "name_form" text;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "form_version" smallint;--> statement-breakpoint
ALTER TABLE "user_identifier_collisions" ADD CONSTRAINT "user_identifier_collisions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "user_identifiers" ADD CONSTRAINT "user_identifiers_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "user_identifier_collisions_user" ON "user_identifier_collisions" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "user_identifiers_user" ON "user_identifiers" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "users_by_username_form" ON "users" USING btree (coalesce(username_form, lower(username), ''),"id");--> statement-breakpoint
CREATE INDEX "users_by_email_form" ON "users" USING btree (coalesce(email_form, lower(email), ''),"id");--> statement-breakpoint
CREATE INDEX "users_search_forms" ON "users" USING gin (regexp_replace(' ' || coalesce(username_form, lower(username), '') || ' ' || coalesce(email_form, lower(email), '') || ' ' || coalesce(name_form, lower(coalesce(profile->>'name', '') || ' ' || coalesce(profile->>'given_name', '') || ' ' || coalesce(profile->>'family_name', ''))) || ' ' || coalesce(phone_number, ''), '([\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff])', ' \1', 'g') gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "users_form_version" ON "users" USING btree (coalesce("form_version", 0));