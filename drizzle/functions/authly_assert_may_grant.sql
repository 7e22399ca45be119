-- An actor can neither grant nor revoke permissions it does not have.
CREATE OR REPLACE FUNCTION authly_assert_may_grant(actor_type text, actor_id text, role_names text[]) RETURNS void
LANGUAGE plpgsql STABLE AS $$
DECLARE wanted text[];
BEGIN
  IF EXISTS (SELECT 1 FROM unnest(role_names) AS name
             WHERE NOT EXISTS (SELECT 1 FROM roles WHERE roles.name = name.name AND assignable_in = 'platform')) THEN
    RAISE EXCEPTION 'no such role' USING ERRCODE = 'AU422', HINT = 'unknown_role';
  END IF;
  SELECT coalesce(array_agg(DISTINCT permission), '{}') INTO wanted
  FROM roles, unnest(roles.permissions) AS permission WHERE roles.name = ANY (role_names);
  IF NOT authly_covers(authly_permissions_of(actor_type, actor_id), wanted) THEN
    RAISE EXCEPTION 'role exceeds own permissions' USING ERRCODE = 'AU403', HINT = 'more_privileged';
  END IF;
END
$$;
