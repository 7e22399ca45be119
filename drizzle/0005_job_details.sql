ALTER TABLE "jobs" ADD COLUMN "total" integer;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "detail" text;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "cancel_requested_at" timestamp with time zone;