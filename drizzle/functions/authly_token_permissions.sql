-- The permissions of a token: those of its scopes whose permission the actor has now. An active user has permissions by
-- role, an enabled client by the scopes it is registered for. No scopes, no permissions: a caller that forgot to pass
-- them is refused. Tokens with every administrative scope contain `*` (adminScopesOf in
-- src/access/authorized-database.store.ts).
CREATE OR REPLACE FUNCTION authly_token_permissions(actor_type text, actor_id text, token_scopes text[]) RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
DECLARE held text[];
BEGIN
  IF actor_type = 'user' THEN
    SELECT coalesce(array_agg(DISTINCT permission), ARRAY[]::text[]) INTO held
    FROM users, roles, unnest(roles.permissions) AS permission
    WHERE users.id = actor_id::uuid AND users.status = 'active'
      AND roles.name = ANY (users.roles) AND roles.assignable_in = 'platform';
  ELSE
    SELECT coalesce(array_agg(scope), ARRAY[]::text[]) INTO held
    FROM clients, unnest(clients.scopes) AS scope
    WHERE clients.client_id = actor_id AND clients.enabled
      AND 'client_credentials' = ANY (clients.grant_types) AND scope LIKE 'admin:%';
  END IF;
  RETURN ARRAY(SELECT DISTINCT scope FROM unnest(token_scopes) AS scope
               WHERE (scope = '*' OR scope LIKE 'admin:%') AND authly_covers(held, ARRAY[scope]));
END
$$;
