-- A client id is assigned once. AFTER the insertion, not before: an insertion that waited for the deletion of the same
-- id then sees it, and the primary key of client_ids decides between two that cannot see each other. An id that is the
-- address of a document belongs to whoever holds the address: its row may come back.
CREATE OR REPLACE FUNCTION authly_keep_client_id() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.origin = 'document' THEN
    INSERT INTO client_ids (client_id) VALUES (NEW.client_id) ON CONFLICT DO NOTHING;
  ELSE
    INSERT INTO client_ids (client_id) VALUES (NEW.client_id);
  END IF;
  RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER authly_client_id_given_once AFTER INSERT OR UPDATE OF client_id ON clients
  FOR EACH ROW EXECUTE FUNCTION authly_keep_client_id();
