-- The permissions an actor has now: authly_token_permissions with the scopes from a setting of the transaction.
CREATE OR REPLACE FUNCTION authly_permissions_of(actor_type text, actor_id text) RETURNS text[]
LANGUAGE sql STABLE AS $$
  SELECT authly_token_permissions(actor_type, actor_id,
    string_to_array(coalesce(current_setting('authly.token_scopes', true), ''), ' '))
$$;
