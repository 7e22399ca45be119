-- A client id is given once. After the insertion, not before it: an insertion that waited for the deletion of the same
-- id sees it then, and the primary key of client_ids decides between two that see nothing of each other.
CREATE FUNCTION authly_keep_client_id() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
  INSERT INTO client_ids (client_id) VALUES (NEW.client_id);
  RETURN NULL;
END $f$;
--> statement-breakpoint
-- Clients deleted before this migration, as far as anything remembers them. Only what succeeded: the client_id of a
-- failure may be anything that somebody sent.
INSERT INTO client_ids (client_id)
SELECT client_id FROM audit_events WHERE outcome = $s$success$s$ AND client_id IS NOT NULL
UNION SELECT actor_id FROM jobs WHERE actor_type = $s$client$s$
ON CONFLICT DO NOTHING;
--> statement-breakpoint
-- From here on clients are neither made nor deleted until the migration is over.
CREATE TRIGGER authly_client_id_given_once AFTER INSERT OR UPDATE OF client_id ON clients
  FOR EACH ROW EXECUTE FUNCTION authly_keep_client_id();
--> statement-breakpoint
INSERT INTO client_ids (client_id, given_at) SELECT client_id, created_at FROM clients
ON CONFLICT (client_id) DO UPDATE SET given_at = excluded.given_at;
--> statement-breakpoint
INSERT INTO client_ids (client_id)
SELECT entity_id FROM audit_events WHERE entity_type = $s$client$s$ AND outcome = $s$success$s$ AND entity_id IS NOT NULL
ON CONFLICT DO NOTHING;
