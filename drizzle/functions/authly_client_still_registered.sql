-- Whether the client of a token may still use it: enabled, and registered for the permission.
CREATE OR REPLACE FUNCTION authly_client_still_registered(client text, permission text) RETURNS boolean
LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM clients WHERE client_id = client AND enabled AND permission = ANY (scopes))
$$;
