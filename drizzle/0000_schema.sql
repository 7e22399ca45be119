-- Any part of a word finds a person: the trigram indexes below.
CREATE EXTENSION IF NOT EXISTS pg_trgm;--> statement-breakpoint
CREATE SEQUENCE "public"."audit_events_position_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE TABLE "audit_checkpoints" (
	"sequence" bigint PRIMARY KEY NOT NULL,
	"first_position" bigint NOT NULL,
	"last_position" bigint NOT NULL,
	"event_count" integer NOT NULL,
	"merkle_root" text NOT NULL,
	"previous_hash" text NOT NULL,
	"leaves" jsonb NOT NULL,
	"signature" text NOT NULL,
	"public_jwk" jsonb NOT NULL,
	"sealed_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_events" (
	"id" uuid PRIMARY KEY NOT NULL,
	"position" bigint DEFAULT authly_next_audit_position() NOT NULL,
	"type" text NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL,
	"outcome" text NOT NULL,
	"actor_type" text NOT NULL,
	"actor_id" text,
	"user_id" text,
	"client_id" text,
	"session_id" text,
	"entity_type" text,
	"entity_id" text,
	"ip" text,
	"user_agent" text,
	"request_id" text,
	"changes" jsonb,
	"data" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"origin_salt" uuid DEFAULT gen_random_uuid(),
	"details_salt" uuid DEFAULT gen_random_uuid(),
	"erased_at" timestamp with time zone,
	"search_terms" "tsvector" GENERATED ALWAYS AS (CASE WHEN type NOT IN ('token.issued', 'token.refreshed', 'token.replayed') THEN authly_search_terms(type, outcome, actor_type, actor_id, user_id, client_id, session_id, entity_type, entity_id, ip, request_id, user_agent, changes, data) END) STORED
);
--> statement-breakpoint
CREATE TABLE "client_ids" (
	"client_id" text PRIMARY KEY NOT NULL,
	"given_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "client_secrets" (
	"id" uuid PRIMARY KEY NOT NULL,
	"client_id" text NOT NULL,
	"secret_hash" text NOT NULL,
	"expires_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "clients" (
	"client_id" text PRIMARY KEY NOT NULL,
	"client_name" text NOT NULL,
	"client_uri" text,
	"logo_uri" text,
	"policy_uri" text,
	"tos_uri" text,
	"enabled" boolean DEFAULT true NOT NULL,
	"application_type" text DEFAULT 'web' NOT NULL,
	"token_endpoint_auth_method" text NOT NULL,
	"token_endpoint_auth_method_named" boolean DEFAULT false NOT NULL,
	"token_endpoint_auth_signing_alg" text,
	"jwks" jsonb,
	"jwks_uri" text,
	"redirect_uris" text[] DEFAULT '{}'::text[] NOT NULL,
	"post_logout_redirect_uris" text[] DEFAULT '{}'::text[] NOT NULL,
	"grant_types" text[] NOT NULL,
	"response_types" text[] DEFAULT '{code}'::text[] NOT NULL,
	"scopes" text[] DEFAULT '{}'::text[] NOT NULL,
	"resources" text[] DEFAULT '{}'::text[] NOT NULL,
	"serves_resources" text[] DEFAULT '{}'::text[] NOT NULL,
	"subject_type" text DEFAULT 'public' NOT NULL,
	"sector_identifier" text,
	"sector_identifier_uri" text,
	"id_token_signed_response_alg" text DEFAULT 'RS256' NOT NULL,
	"access_token_signed_response_alg" text DEFAULT 'ES256' NOT NULL,
	"userinfo_signed_response_alg" text,
	"default_max_age_seconds" integer,
	"require_auth_time" boolean DEFAULT false NOT NULL,
	"default_acr_values" text[] DEFAULT '{}'::text[] NOT NULL,
	"first_party" boolean DEFAULT false NOT NULL,
	"require_pkce" boolean DEFAULT true NOT NULL,
	"nonce_optional" boolean DEFAULT false NOT NULL,
	"scope_claims_in_id_token" boolean DEFAULT false NOT NULL,
	"contacts" text[] DEFAULT '{}'::text[] NOT NULL,
	"software_id" text,
	"software_version" text,
	"initiate_login_uri" text,
	"require_request_signing" boolean DEFAULT false NOT NULL,
	"admin_ip_allow_list" text[] DEFAULT '{}'::text[] NOT NULL,
	"access_token_ttl_seconds" integer,
	"id_token_ttl_seconds" integer,
	"refresh_token_idle_ttl_seconds" integer,
	"refresh_token_absolute_ttl_seconds" integer,
	"version" bigint DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "consents" (
	"user_id" uuid NOT NULL,
	"client_id" text NOT NULL,
	"scopes" text[] NOT NULL,
	"claims" text[] DEFAULT '{}'::text[] NOT NULL,
	"granted_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "consents_user_id_client_id_pk" PRIMARY KEY("user_id","client_id")
);
--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"actor_id" text NOT NULL,
	"key" text NOT NULL,
	"fingerprint" text NOT NULL,
	"answer_sealed" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "idempotency_keys_actor_id_key_pk" PRIMARY KEY("actor_id","key")
);
--> statement-breakpoint
CREATE TABLE "job_chunks" (
	"job_id" uuid NOT NULL,
	"chunk" integer NOT NULL,
	"outcome" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "job_chunks_job_id_chunk_pk" PRIMARY KEY("job_id","chunk")
);
--> statement-breakpoint
CREATE TABLE "jobs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"status" text DEFAULT 'queued' NOT NULL,
	"actor_type" text NOT NULL,
	"actor_id" text NOT NULL,
	"parameters" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"processed" integer DEFAULT 0 NOT NULL,
	"succeeded" integer DEFAULT 0 NOT NULL,
	"failed" integer DEFAULT 0 NOT NULL,
	"total" integer,
	"detail" text,
	"cancel_requested_at" timestamp with time zone,
	"version" bigint DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "password_credentials" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"hash" text NOT NULL,
	"must_change" boolean DEFAULT false NOT NULL,
	"changed_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "password_setup_links" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"purpose" text NOT NULL,
	"secret_hash" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "resource_servers" (
	"resource" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"version" bigint DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "roles" (
	"name" text PRIMARY KEY NOT NULL,
	"description" text NOT NULL,
	"permissions" text[] NOT NULL,
	"assignable_in" text DEFAULT 'platform' NOT NULL,
	"built_in" boolean DEFAULT false NOT NULL,
	"version" bigint DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "scopes" (
	"name" text PRIMARY KEY NOT NULL,
	"description" text NOT NULL,
	"resource" text,
	"version" bigint DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "settings" (
	"name" text PRIMARY KEY NOT NULL,
	"value" jsonb NOT NULL,
	"version" bigint DEFAULT 1 NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "signing_keys" (
	"kid" text PRIMARY KEY NOT NULL,
	"alg" text NOT NULL,
	"status" text NOT NULL,
	"public_jwk" jsonb NOT NULL,
	"private_jwk_sealed" text NOT NULL,
	"binding" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"activated_at" timestamp with time zone,
	"retired_at" timestamp with time zone
);
--> statement-breakpoint
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
CREATE TABLE "users" (
	"id" uuid PRIMARY KEY NOT NULL,
	"username" text,
	"email" text,
	"email_verified" boolean DEFAULT false NOT NULL,
	"phone_number" text,
	"phone_number_verified" boolean DEFAULT false NOT NULL,
	"profile" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"roles" text[] DEFAULT '{}'::text[] NOT NULL,
	"status" text DEFAULT 'active' NOT NULL,
	"username_form" text,
	"email_form" text,
	"name_form" text,
	"form_version" smallint,
	"version" bigint DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "client_secrets" ADD CONSTRAINT "client_secrets_client_id_clients_client_id_fk" FOREIGN KEY ("client_id") REFERENCES "public"."clients"("client_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "consents" ADD CONSTRAINT "consents_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "consents" ADD CONSTRAINT "consents_client_id_clients_client_id_fk" FOREIGN KEY ("client_id") REFERENCES "public"."clients"("client_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "job_chunks" ADD CONSTRAINT "job_chunks_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "password_credentials" ADD CONSTRAINT "password_credentials_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "password_setup_links" ADD CONSTRAINT "password_setup_links_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "scopes" ADD CONSTRAINT "scopes_resource_resource_servers_resource_fk" FOREIGN KEY ("resource") REFERENCES "public"."resource_servers"("resource") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "user_identifier_collisions" ADD CONSTRAINT "user_identifier_collisions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "user_identifiers" ADD CONSTRAINT "user_identifiers_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "audit_events_position" ON "audit_events" USING btree ("position");--> statement-breakpoint
CREATE INDEX "audit_events_time" ON "audit_events" USING btree ("occurred_at","id");--> statement-breakpoint
CREATE INDEX "audit_events_user_position" ON "audit_events" USING btree ("user_id","position");--> statement-breakpoint
CREATE INDEX "audit_events_client_position" ON "audit_events" USING btree ("client_id","position");--> statement-breakpoint
CREATE INDEX "audit_events_type_position" ON "audit_events" USING btree ("type","position");--> statement-breakpoint
CREATE INDEX "audit_events_actor_position" ON "audit_events" USING btree ("actor_id","position");--> statement-breakpoint
CREATE INDEX "audit_events_session_position" ON "audit_events" USING btree ("session_id","position") WHERE "audit_events"."session_id" is not null;--> statement-breakpoint
CREATE INDEX "audit_events_entity_id_position" ON "audit_events" USING btree ("entity_type","entity_id","position") WHERE "audit_events"."entity_id" is not null;--> statement-breakpoint
CREATE INDEX "audit_events_failures" ON "audit_events" USING btree ("position") WHERE outcome = 'failure';--> statement-breakpoint
CREATE INDEX "audit_events_search_terms" ON "audit_events" USING gin ("search_terms") WHERE "audit_events"."search_terms" is not null;--> statement-breakpoint
CREATE INDEX "audit_events_ip" ON "audit_events" USING btree (authly_inet("ip"));--> statement-breakpoint
CREATE INDEX "client_secrets_client" ON "client_secrets" USING btree ("client_id");--> statement-breakpoint
CREATE INDEX "clients_created" ON "clients" USING btree ("created_at","client_id");--> statement-breakpoint
CREATE INDEX "clients_name" ON "clients" USING btree ("client_name","client_id");--> statement-breakpoint
CREATE INDEX "consents_client" ON "consents" USING btree ("client_id");--> statement-breakpoint
CREATE INDEX "idempotency_keys_expiry" ON "idempotency_keys" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "jobs_created" ON "jobs" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "jobs_status" ON "jobs" USING btree ("status","id");--> statement-breakpoint
CREATE INDEX "password_credentials_foreign" ON "password_credentials" USING btree ("user_id") WHERE hash not like '$argon2id$v=19$m=19456,t=2,p=1$%';--> statement-breakpoint
CREATE INDEX "scopes_resource" ON "scopes" USING btree ("resource");--> statement-breakpoint
CREATE UNIQUE INDEX "signing_keys_one_current" ON "signing_keys" USING btree ("alg") WHERE "signing_keys"."status" = 'current';--> statement-breakpoint
CREATE UNIQUE INDEX "signing_keys_one_next" ON "signing_keys" USING btree ("alg") WHERE "signing_keys"."status" = 'next';--> statement-breakpoint
CREATE INDEX "user_identifier_collisions_user" ON "user_identifier_collisions" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "user_identifiers_user" ON "user_identifiers" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "users_username_unique" ON "users" USING btree (lower("username"));--> statement-breakpoint
CREATE UNIQUE INDEX "users_email_unique" ON "users" USING btree (lower("email"));--> statement-breakpoint
CREATE INDEX "users_created" ON "users" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "users_updated" ON "users" USING btree ("updated_at","id");--> statement-breakpoint
CREATE INDEX "users_status" ON "users" USING btree ("status","id");--> statement-breakpoint
CREATE INDEX "users_phone" ON "users" USING btree ("phone_number");--> statement-breakpoint
CREATE INDEX "users_roles" ON "users" USING gin ("roles");--> statement-breakpoint
CREATE INDEX "users_by_username_form" ON "users" USING btree (coalesce(username_form, lower(username), ''),"id");--> statement-breakpoint
CREATE INDEX "users_by_email_form" ON "users" USING btree (coalesce(email_form, lower(email), ''),"id");--> statement-breakpoint
CREATE INDEX "users_by_name" ON "users" USING btree (coalesce(lower("profile"->>'name'), ''),"id");--> statement-breakpoint
CREATE INDEX "users_email_verified" ON "users" USING btree ("email_verified");--> statement-breakpoint
CREATE INDEX "users_phone_number_verified" ON "users" USING btree ("phone_number_verified");--> statement-breakpoint
CREATE INDEX "users_profile" ON "users" USING gin ("profile" jsonb_path_ops);--> statement-breakpoint
CREATE INDEX "users_search_forms" ON "users" USING gin (regexp_replace(' ' || coalesce(username_form, lower(username), '') || ' ' || coalesce(email_form, lower(email), '') || ' ' || coalesce(name_form, lower(coalesce(profile->>'name', '') || ' ' || coalesce(profile->>'given_name', '') || ' ' || coalesce(profile->>'family_name', ''))) || ' ' || coalesce(phone_number, ''), '([\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff])', ' \1', 'g') gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "users_form_version" ON "users" USING btree (coalesce("form_version", 0));
