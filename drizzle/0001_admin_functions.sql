-- Any part of a word finds a person.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
--> statement-breakpoint
CREATE SEQUENCE IF NOT EXISTS audit_events_position_seq;
--> statement-breakpoint
-- Transactions commit in another order than they take numbers. Every writer holds this lock shared until it ends,
-- so a reader that takes it alone for a moment knows: no position up to the highest will appear later.
CREATE FUNCTION authly_next_audit_position() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(715520260001);
  RETURN nextval('audit_events_position_seq');
END $$;
--> statement-breakpoint
-- The highest position that readers may go up to without missing a late commit.
CREATE FUNCTION authly_audit_horizon() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE horizon bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(715520260001);
  SELECT max(position) INTO horizon FROM audit_events;
  RETURN coalesce(horizon, 0);
END $$;
--> statement-breakpoint
-- What differs between two versions of a row: {"<field>": {"before": …, "after": …}}.
CREATE FUNCTION authly_changes(before jsonb, after jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(jsonb_object_agg(key, jsonb_build_object('before', before -> key, 'after', after -> key)), '{}')
  FROM jsonb_object_keys(before || after) AS key
  WHERE key NOT IN ('version', 'updated_at') AND before -> key IS DISTINCT FROM after -> key
$$;
--> statement-breakpoint
-- What an actor may do now: an active user by roles, an enabled client by the scopes it is registered for.
CREATE FUNCTION authly_permissions_of(actor_type text, actor_id text) RETURNS text[] LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF actor_type = 'user' THEN
    RETURN coalesce((
      SELECT array_agg(DISTINCT permission)
      FROM users, roles, unnest(roles.permissions) AS permission
      WHERE users.id = actor_id::uuid AND users.status = 'active'
        AND roles.name = ANY (users.roles) AND roles.assignable_in = 'platform'), '{}');
  END IF;
  RETURN coalesce((
    SELECT array_agg(scope) FROM clients, unnest(clients.scopes) AS scope
    WHERE clients.client_id = actor_id AND clients.enabled
      AND 'client_credentials' = ANY (clients.grant_types) AND scope LIKE 'admin:%'), '{}');
END $$;
--> statement-breakpoint
CREATE FUNCTION authly_covers(held text[], wanted text[]) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT '*' = ANY (held) OR wanted <@ held
$$;
--> statement-breakpoint
-- The first statement of every admin batch: rights are those of this moment, in the transaction that uses them.
CREATE FUNCTION authly_authorize(actor_type text, actor_id text, permission text) RETURNS void LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF NOT authly_covers(authly_permissions_of(actor_type, actor_id), ARRAY[permission]) THEN
    RAISE EXCEPTION 'permission required' USING ERRCODE = 'AU403';
  END IF;
END $$;
--> statement-breakpoint
-- Nobody manages a person who may do more: resetting an administrator's password would be becoming one.
CREATE FUNCTION authly_assert_may_manage(actor_type text, actor_id text, target uuid) RETURNS void LANGUAGE plpgsql STABLE AS $$
DECLARE target_permissions text[];
BEGIN
  -- Whatever the status: disabled now, enabled later.
  SELECT coalesce(array_agg(DISTINCT permission), '{}') INTO target_permissions
  FROM users, roles, unnest(roles.permissions) AS permission
  WHERE users.id = target AND roles.name = ANY (users.roles);
  IF NOT authly_covers(authly_permissions_of(actor_type, actor_id), target_permissions) THEN
    RAISE EXCEPTION 'target is more privileged' USING ERRCODE = 'AU403', HINT = 'more_privileged';
  END IF;
END $$;
--> statement-breakpoint
-- Nobody gives away, or takes away, what they do not have.
CREATE FUNCTION authly_assert_may_grant(actor_type text, actor_id text, role_names text[]) RETURNS void LANGUAGE plpgsql STABLE AS $$
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
END $$;
