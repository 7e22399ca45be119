-- The highest position that readers may go up to without missing a late commit. While it waits for an open write, new
-- writes wait behind it: so not for long. It fails then with lock_not_available, and its caller asks again later.
CREATE OR REPLACE FUNCTION authly_audit_horizon() RETURNS bigint
LANGUAGE plpgsql VOLATILE SET lock_timeout = '300ms' AS $$
DECLARE horizon bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(715520260001);
  SELECT max(position) INTO horizon FROM audit_events;
  RETURN coalesce(horizon, 0);
END
$$;
