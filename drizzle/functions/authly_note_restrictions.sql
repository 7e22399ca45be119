-- A client with restrictions of its own (signed requests, addresses) must not create or change a client that has weaker
-- ones: its holder could use that client to evade the restrictions. The restrictions of the acting client are
-- noted before the write, which may change that very client.
CREATE OR REPLACE FUNCTION authly_note_restrictions(client text) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM set_config('authly.restrictions', coalesce((
    SELECT jsonb_build_object('signing', require_request_signing, 'addresses', to_jsonb(admin_ip_allow_list))::text
    FROM clients WHERE client_id = client), ''), true);
END
$$;
