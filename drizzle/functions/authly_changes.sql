-- The differences between two versions of a row: {"<field>": {"before": …, "after": …}}. Normal forms are not listed:
-- they follow from the names.
CREATE OR REPLACE FUNCTION authly_changes(before jsonb, after jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(jsonb_object_agg(key, jsonb_build_object('before', before -> key, 'after', after -> key)), '{}')
  FROM jsonb_object_keys(before || after) AS key
  WHERE key NOT IN ('version', 'updated_at', 'username_form', 'email_form', 'name_form', 'form_version')
    AND before -> key IS DISTINCT FROM after -> key
$$;
