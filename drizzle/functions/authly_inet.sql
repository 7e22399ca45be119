-- An address, or NULL for what is none. Not in SQL: there the cast is folded before the question whether it can be made
-- is asked, and text that is no address is an error that keeps the event with it from the trail.
CREATE OR REPLACE FUNCTION authly_inet(address text) RETURNS inet
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  IF pg_input_is_valid(address, 'inet') THEN
    RETURN address::inet;
  END IF;
  RETURN NULL;
END
$$;
