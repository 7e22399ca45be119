-- Ends a batch with a refusal of ours: `select authly_refuse($m$AU404$m$, $m$$m$) where not exists (…)`. For writes whose answer
-- is made before them (POST): nothing of the batch may stay, an idempotency key least of all.
CREATE FUNCTION authly_refuse(code text, reason text) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  RAISE EXCEPTION $m$refused$m$ USING ERRCODE = code, HINT = reason;
END $$;
