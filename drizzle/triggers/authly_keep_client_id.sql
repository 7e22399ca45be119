-- A client id is assigned once. AFTER the insertion, not before: an insertion that waited for the deletion of the same
-- id then sees it, and the primary key of client_ids decides between two that cannot see each other.
CREATE OR REPLACE FUNCTION authly_keep_client_id() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO client_ids (client_id) VALUES (NEW.client_id);
  RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER authly_client_id_given_once AFTER INSERT OR UPDATE OF client_id ON clients
  FOR EACH ROW EXECUTE FUNCTION authly_keep_client_id();
