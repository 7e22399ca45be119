CREATE TABLE "authorization_details_types" (
	"type" text PRIMARY KEY NOT NULL,
	"resource" text NOT NULL,
	"description" text NOT NULL,
	"schema" jsonb NOT NULL,
	"version" bigint DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
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
ALTER TABLE "clients" ADD COLUMN "profile" text;--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "require_pushed_authorization_requests" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "require_signed_request_object" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "request_object_signing_alg" text;--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "request_object_encryption_alg" text;--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "request_object_encryption_enc" text;--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "request_uris" text[] DEFAULT '{}'::text[] NOT NULL;--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "dpop_bound_access_tokens" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "tls_client_certificate_bound_access_tokens" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "tls_client_auth_subject_dn" text;--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "tls_client_auth_san_dns" text;--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "tls_client_auth_san_uri" text;--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "tls_client_auth_san_ip" text;--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "tls_client_auth_san_email" text;--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "authorization_signed_response_alg" text;--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "authorization_encrypted_response_alg" text;--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "authorization_encrypted_response_enc" text;--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "id_token_encrypted_response_alg" text;--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "id_token_encrypted_response_enc" text;--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "userinfo_encrypted_response_alg" text;--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "userinfo_encrypted_response_enc" text;--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "introspection_signed_response_alg" text;--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "introspection_encrypted_response_alg" text;--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "introspection_encrypted_response_enc" text;--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "authorization_details_types" text[] DEFAULT '{}'::text[] NOT NULL;--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "backchannel_logout_uri" text;--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "backchannel_logout_session_required" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "frontchannel_logout_uri" text;--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "frontchannel_logout_session_required" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "origin" text DEFAULT 'administrator' NOT NULL;--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "reviewed" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "registration_token_hash" text;--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "fingerprint" text;--> statement-breakpoint
ALTER TABLE "clients" ADD COLUMN "used_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "consents" ADD COLUMN "fingerprint" text;--> statement-breakpoint
ALTER TABLE "resource_servers" ADD COLUMN "open_to_unreviewed" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "authorization_details_types" ADD CONSTRAINT "authorization_details_types_of_resource" FOREIGN KEY ("resource") REFERENCES "public"."resource_servers"("resource") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "authorization_details_types_resource" ON "authorization_details_types" USING btree ("resource");--> statement-breakpoint
CREATE UNIQUE INDEX "initial_access_tokens_hash" ON "initial_access_tokens" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "initial_access_tokens_created" ON "initial_access_tokens" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "clients_unreviewed" ON "clients" USING btree ("created_at","client_id") WHERE not "clients"."reviewed";