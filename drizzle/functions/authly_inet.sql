-- An address, or NULL for text that is not one. Not LANGUAGE sql: there Postgres evaluates the cast while planning,
-- before the check, and text that is not an address would raise an error that keeps its event out of the trail.
CREATE OR REPLACE FUNCTION authly_inet(address text) RETURNS inet
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  IF pg_input_is_valid(address, 'inet') THEN
    RETURN address::inet;
  END IF;
  RETURN NULL;
END
$$;
