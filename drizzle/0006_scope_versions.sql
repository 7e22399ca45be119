ALTER TABLE "scopes" ADD COLUMN "version" bigint DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "scopes" ADD COLUMN "updated_at" timestamp with time zone DEFAULT now() NOT NULL;