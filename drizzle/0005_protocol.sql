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
ALTER TABLE "clients" ADD COLUMN "frontchannel_logout_session_required" boolean DEFAULT false NOT NULL;