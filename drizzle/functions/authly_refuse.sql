-- Ends a batch with a refusal: select authly_refuse(code, reason) where not exists (…). For writes whose answer is
-- made before them (POST): nothing of the batch may stay, an idempotency key least of all.
CREATE OR REPLACE FUNCTION authly_refuse(code text, reason text) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  RAISE EXCEPTION 'refused' USING ERRCODE = code, HINT = reason;
END
$$;
