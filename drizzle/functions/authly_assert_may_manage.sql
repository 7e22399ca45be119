-- Attack: a user who resets the password of a more privileged user can become that user.
CREATE OR REPLACE FUNCTION authly_assert_may_manage(actor_type text, actor_id text, target uuid) RETURNS void
LANGUAGE plpgsql STABLE AS $$
DECLARE target_permissions text[];
BEGIN
  -- Whatever the status of the user: a disabled user may be enabled later.
  SELECT coalesce(array_agg(DISTINCT permission), '{}') INTO target_permissions
  FROM users, roles, unnest(roles.permissions) AS permission
  WHERE users.id = target AND roles.name = ANY (users.roles);
  IF NOT authly_covers(authly_permissions_of(actor_type, actor_id), target_permissions) THEN
    RAISE EXCEPTION 'target is more privileged' USING ERRCODE = 'AU403', HINT = 'more_privileged';
  END IF;
END
$$;
