ALTER TABLE "clients" ADD COLUMN "nonce_optional" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "scope_claims_in_id_token" boolean DEFAULT false NOT NULL;