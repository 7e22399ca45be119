-- Nobody gives away permissions they do not have.
CREATE FUNCTION authly_assert_covers(actor_type text, actor_id text, wanted text[]) RETURNS void LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF NOT authly_covers(authly_permissions_of(actor_type, actor_id), wanted) THEN
    RAISE EXCEPTION $m$permissions exceed the own ones$m$ USING ERRCODE = $m$AU403$m$, HINT = $m$more_privileged$m$;
  END IF;
END $$;
--> statement-breakpoint
-- Built-in roles stay as they are; nobody edits a role they have, or one that permits more than they may.
CREATE FUNCTION authly_assert_may_change_role(actor_type text, actor_id text, role_name text) RETURNS void LANGUAGE plpgsql STABLE AS $$
DECLARE role roles%ROWTYPE;
BEGIN
  SELECT * INTO role FROM roles WHERE name = role_name;
  IF role.built_in THEN
    RAISE EXCEPTION $m$built-in role$m$ USING ERRCODE = $m$AU403$m$, HINT = $m$built_in$m$;
  END IF;
  IF actor_type = $m$user$m$ AND EXISTS (SELECT 1 FROM users WHERE id = actor_id::uuid AND role_name = ANY (roles)) THEN
    RAISE EXCEPTION $m$own role$m$ USING ERRCODE = $m$AU403$m$, HINT = $m$own_privileges$m$;
  END IF;
  PERFORM authly_assert_covers(actor_type, actor_id, coalesce(role.permissions, ARRAY[]::text[]));
END $$;
