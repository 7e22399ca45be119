-- A token lends its scopes and nothing else, and what brings no scopes lends nothing: a job queued before this, or a
-- caller that forgot them, is refused. `*` is lent by tokens with every administrative scope (lentBy in
-- src/admin/authorized-database.store.ts).
CREATE FUNCTION authly_lent_permissions(actor_type text, actor_id text, lent text[]) RETURNS text[] LANGUAGE plpgsql STABLE AS $f$
DECLARE held text[];
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
  RETURN ARRAY(SELECT DISTINCT scope FROM unnest(lent) AS scope
               WHERE (scope = $s$*$s$ OR scope LIKE $s$admin:%$s$) AND authly_covers(held, ARRAY[scope]));
END $f$;
--> statement-breakpoint
-- The same with the scopes that stand in a setting of the transaction.
CREATE OR REPLACE FUNCTION authly_permissions_of(actor_type text, actor_id text) RETURNS text[] LANGUAGE sql STABLE AS $f$
  SELECT authly_lent_permissions(actor_type, actor_id,
    string_to_array(coalesce(current_setting($s$authly.token_scopes$s$, true), $s$$s$), $s$ $s$))
$f$;
--> statement-breakpoint
-- Whether the client that holds a token may still bring it: enabled, and registered for the permission.
CREATE FUNCTION authly_client_may(client text, permission text) RETURNS boolean LANGUAGE sql STABLE AS $f$
  SELECT EXISTS (SELECT FROM clients WHERE client_id = client AND enabled AND permission = ANY (scopes))
$f$;
--> statement-breakpoint
CREATE FUNCTION authly_assert_client(client text, permission text) RETURNS void LANGUAGE plpgsql STABLE AS $f$
BEGIN
  IF NOT authly_client_may(client, permission) THEN
    RAISE EXCEPTION $m$the client may not do this$m$ USING ERRCODE = $m$AU403$m$;
  END IF;
END $f$;
