-- Aborts a batch with a refusal: select authly_refuse(code, reason) where not exists (…). For writes whose response is
-- computed beforehand (POST): nothing of the batch may remain, least of all an idempotency key.
CREATE OR REPLACE FUNCTION authly_refuse(code text, reason text) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  RAISE EXCEPTION 'refused' USING ERRCODE = code, HINT = reason;
END
$$;
