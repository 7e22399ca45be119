-- JSON merge patch (RFC 7396): null removes, objects merge, everything else replaces.
CREATE FUNCTION authly_merge_patch(target jsonb, patch jsonb) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
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
END $$;
--> statement-breakpoint
-- Claims a key with its answer. Whoever comes second waits for the first to end and is then refused.
CREATE FUNCTION authly_claim_idempotency_key(actor text, wanted text, print text, answer text, kept_seconds integer)
RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  INSERT INTO idempotency_keys AS known (actor_id, key, fingerprint, answer_sealed, expires_at)
  VALUES (actor, wanted, print, answer, now() + make_interval(secs => kept_seconds))
  ON CONFLICT (actor_id, key) DO UPDATE
    SET fingerprint = excluded.fingerprint, answer_sealed = excluded.answer_sealed,
        created_at = now(), expires_at = excluded.expires_at
    WHERE known.expires_at < now();
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the key has an answer' USING ERRCODE = 'AU208';
  END IF;
END $$;
