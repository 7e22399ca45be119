-- Whether the permissions held include all those required; `*` is all permissions.
CREATE OR REPLACE FUNCTION authly_covers(held text[], wanted text[]) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
  SELECT '*' = ANY (held) OR wanted <@ held
$$;
