-- JSON merge patch (RFC 7396): null removes, objects merge, everything else replaces.
CREATE OR REPLACE FUNCTION authly_merge_patch(target jsonb, patch jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  merged jsonb := CASE WHEN jsonb_typeof(target) = 'object' THEN target ELSE '{}'::jsonb END;
  name text;
  value jsonb;
BEGIN
  IF jsonb_typeof(patch) <> 'object' THEN
    RETURN patch;
  END IF;
  FOR name, value IN SELECT * FROM jsonb_each(patch) LOOP
    IF jsonb_typeof(value) = 'null' THEN
      merged := merged - name;
    ELSE
      merged := jsonb_set(merged, ARRAY[name], authly_merge_patch(merged -> name, value));
    END IF;
  END LOOP;
  RETURN merged;
END
$$;
