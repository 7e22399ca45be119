-- An actor cannot grant permissions it does not have.
CREATE OR REPLACE FUNCTION authly_assert_covers(actor_type text, actor_id text, wanted text[]) RETURNS void
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF NOT authly_covers(authly_permissions_of(actor_type, actor_id), wanted) THEN
    RAISE EXCEPTION 'permissions exceed the own ones' USING ERRCODE = 'AU403', HINT = 'more_privileged';
  END IF;
END
$$;
