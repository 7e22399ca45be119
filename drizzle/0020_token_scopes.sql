-- A token lends no more than its scopes: stolen from a program that only resets passwords, it must not become an
-- administrator by way of one. Who may change roles can reach everything the person holds, so such a token lends all
-- of it. The scopes of the request stand in a setting of the transaction; background jobs have none.
CREATE OR REPLACE FUNCTION authly_permissions_of(actor_type text, actor_id text) RETURNS text[] LANGUAGE plpgsql STABLE AS $f$
DECLARE
  held text[];
  lent text[] := string_to_array(nullif(current_setting($s$authly.token_scopes$s$, true), $s$$s$), $s$ $s$);
BEGIN
  IF actor_type = $s$user$s$ THEN
    SELECT coalesce(array_agg(DISTINCT permission), ARRAY[]::text[]) INTO held
    FROM users, roles, unnest(roles.permissions) AS permission
    WHERE users.id = actor_id::uuid AND users.status = $s$active$s$
      AND roles.name = ANY (users.roles) AND roles.assignable_in = $s$platform$s$;
  ELSE
    SELECT coalesce(array_agg(scope), ARRAY[]::text[]) INTO held
    FROM clients, unnest(clients.scopes) AS scope
    WHERE clients.client_id = actor_id AND clients.enabled
      AND $s$client_credentials$s$ = ANY (clients.grant_types) AND scope LIKE $s$admin:%$s$;
  END IF;
  IF lent IS NULL OR $s$admin:roles:write$s$ = ANY (lent) THEN
    RETURN held;
  END IF;
  RETURN ARRAY(SELECT scope FROM unnest(lent) AS scope
               WHERE scope LIKE $s$admin:%$s$ AND authly_covers(held, ARRAY[scope]));
END $f$;
