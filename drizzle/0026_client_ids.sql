CREATE TABLE "client_ids" (
	"client_id" text PRIMARY KEY NOT NULL,
	"given_at" timestamp with time zone DEFAULT now() NOT NULL
);
