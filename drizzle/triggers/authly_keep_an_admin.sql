-- Keeps at least one active user with all permissions, whichever statement would remove the last. The lock serializes
-- two administrators who demote each other.
CREATE OR REPLACE FUNCTION authly_keep_an_admin() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(715520260002);
  IF NOT EXISTS (SELECT 1 FROM users WHERE roles @> '{admin}' AND status = 'active') THEN
    RAISE EXCEPTION 'the last administrator must stay' USING ERRCODE = 'AU409', HINT = 'last_admin';
  END IF;
  RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER users_keep_an_admin_update AFTER UPDATE OF roles, status ON users FOR EACH ROW
  WHEN (OLD.roles @> '{admin}' AND OLD.status = 'active' AND NOT (NEW.roles @> '{admin}' AND NEW.status = 'active'))
  EXECUTE FUNCTION authly_keep_an_admin();

CREATE OR REPLACE TRIGGER users_keep_an_admin_delete AFTER DELETE ON users FOR EACH ROW
  WHEN (OLD.roles @> '{admin}' AND OLD.status = 'active')
  EXECUTE FUNCTION authly_keep_an_admin();
