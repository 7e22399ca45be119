CREATE TABLE "initial_access_tokens" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"token_hash" text NOT NULL,
	"profile" text,
	"uses_left" integer NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"version" bigint DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "origin" text DEFAULT 'administrator' NOT NULL;--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "reviewed" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "registration_token_hash" text;--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "fingerprint" text;--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "used_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "consents" ADD COLUMN "fingerprint" text;--> statement-breakpoint
ALTER TABLE "resource_servers" ADD COLUMN "open_to_unreviewed" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "initial_access_tokens_hash" ON "initial_access_tokens" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "initial_access_tokens_created" ON "initial_access_tokens" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "clients_unreviewed" ON "clients" USING btree ("created_at","client_id") WHERE not "clients"."reviewed";