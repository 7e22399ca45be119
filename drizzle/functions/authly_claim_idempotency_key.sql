-- Claims a key with its response. A concurrent second request waits for the first to finish and is then refused.
CREATE OR REPLACE FUNCTION authly_claim_idempotency_key(
  actor text, wanted text, print text, answer text, kept_seconds integer
) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
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
END
$$;
