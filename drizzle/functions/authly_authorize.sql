-- The first statement of every admin batch: checks the current permissions in the transaction that uses them.
CREATE OR REPLACE FUNCTION authly_authorize(actor_type text, actor_id text, permission text) RETURNS void
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF NOT authly_covers(authly_permissions_of(actor_type, actor_id), ARRAY[permission]) THEN
    RAISE EXCEPTION 'permission required' USING ERRCODE = 'AU403';
  END IF;
END
$$;
