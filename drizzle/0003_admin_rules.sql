INSERT INTO roles (name, description, permissions, built_in) VALUES
  ('admin', 'May do everything', '{*}', true),
  ('auditor', 'Reads everything, changes nothing',
   '{admin:users:read,admin:sessions:read,admin:consents:read,admin:clients:read,admin:scopes:read,admin:keys:read,admin:roles:read,admin:settings:read,admin:stats:read,admin:jobs:read,admin:audit:read,admin:audit:export}', true),
  ('support', 'Helps people with their accounts',
   '{admin:users:read,admin:users:write,admin:sessions:read,admin:sessions:write,admin:consents:read,admin:consents:write,admin:stats:read}', true)
ON CONFLICT DO NOTHING;
--> statement-breakpoint
-- There is always somebody who may do everything, whichever statement tries to remove the last one. The lock makes
-- two administrators who demote each other wait for one another.
CREATE FUNCTION authly_keep_an_admin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(715520260002);
  IF NOT EXISTS (SELECT 1 FROM users WHERE roles @> '{admin}' AND status = 'active') THEN
    RAISE EXCEPTION 'the last administrator must stay' USING ERRCODE = 'AU409', HINT = 'last_admin';
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER users_keep_an_admin_update AFTER UPDATE OF roles, status ON users FOR EACH ROW
  WHEN (OLD.roles @> '{admin}' AND OLD.status = 'active' AND NOT (NEW.roles @> '{admin}' AND NEW.status = 'active'))
  EXECUTE FUNCTION authly_keep_an_admin();
--> statement-breakpoint
CREATE TRIGGER users_keep_an_admin_delete AFTER DELETE ON users FOR EACH ROW
  WHEN (OLD.roles @> '{admin}' AND OLD.status = 'active')
  EXECUTE FUNCTION authly_keep_an_admin();
