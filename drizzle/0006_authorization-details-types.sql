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
ALTER TABLE "authorization_details_types" ADD CONSTRAINT "authorization_details_types_of_resource" FOREIGN KEY ("resource") REFERENCES "public"."resource_servers"("resource") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "authorization_details_types_resource" ON "authorization_details_types" USING btree ("resource");