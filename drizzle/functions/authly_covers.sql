-- Whether permissions held include all of those wanted; `*` is every one.
CREATE OR REPLACE FUNCTION authly_covers(held text[], wanted text[]) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
  SELECT '*' = ANY (held) OR wanted <@ held
$$;
