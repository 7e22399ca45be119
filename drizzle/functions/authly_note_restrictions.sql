-- A client with a restriction of its own (signed requests, addresses) makes and changes no client that has less of it:
-- by way of that one its holder would be rid of the restriction. What the acting client is restricted to is noted before
-- the write, which may be a change of that very client.
CREATE OR REPLACE FUNCTION authly_note_restrictions(client text) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM set_config('authly.restrictions', coalesce((
    SELECT jsonb_build_object('signing', require_request_signing, 'addresses', to_jsonb(admin_ip_allow_list))::text
    FROM clients WHERE client_id = client), ''), true);
END
$$;
