-- The setting passwords.history: how many former passwords of a person are kept.
CREATE OR REPLACE FUNCTION authly_kept_passwords() RETURNS integer
LANGUAGE sql STABLE AS $$
  SELECT coalesce(
    (SELECT (value #>> '{}')::integer FROM settings
     WHERE name = 'passwords.history' AND jsonb_typeof(value) = 'number'),
    0)
$$;
