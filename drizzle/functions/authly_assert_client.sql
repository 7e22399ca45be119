-- Refuses a token whose client may no longer use it.
CREATE OR REPLACE FUNCTION authly_assert_client(client text, permission text) RETURNS void
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF NOT authly_client_still_registered(client, permission) THEN
    RAISE EXCEPTION 'the client may not do this' USING ERRCODE = 'AU403';
  END IF;
END
$$;
