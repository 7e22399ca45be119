-- In SQL the cast was folded before the question whether it can be made was asked: text that is no address was an error,
-- and kept the event that holds it from the trail. A procedure asks first.
CREATE OR REPLACE FUNCTION authly_inet(address text) RETURNS inet LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  IF pg_input_is_valid(address, 'inet') THEN
    RETURN address::inet;
  END IF;
  RETURN NULL;
END $$;
