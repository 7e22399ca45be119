-- Built-in roles cannot be changed, nor one's own role, nor a role with more permissions than the actor has.
CREATE OR REPLACE FUNCTION authly_assert_may_change_role(actor_type text, actor_id text, role_name text) RETURNS void
LANGUAGE plpgsql STABLE AS $$
DECLARE role roles%ROWTYPE;
BEGIN
  SELECT * INTO role FROM roles WHERE name = role_name;
  IF role.built_in THEN
    RAISE EXCEPTION 'built-in role' USING ERRCODE = 'AU403', HINT = 'built_in';
  END IF;
  IF actor_type = 'user' AND EXISTS (SELECT 1 FROM users WHERE id = actor_id::uuid AND role_name = ANY (roles)) THEN
    RAISE EXCEPTION 'own role' USING ERRCODE = 'AU403', HINT = 'own_privileges';
  END IF;
  PERFORM authly_assert_covers(actor_type, actor_id, coalesce(role.permissions, ARRAY[]::text[]));
END
$$;
