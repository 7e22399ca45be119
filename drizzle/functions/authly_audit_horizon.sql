-- The highest position that readers may read up to without missing a late commit. While it waits for open writes, new
-- writes queue behind it, so the wait is limited: it then fails with lock_not_available, and the caller tries
-- again later.
CREATE OR REPLACE FUNCTION authly_audit_horizon() RETURNS bigint
LANGUAGE plpgsql VOLATILE SET lock_timeout = '300ms' AS $$
DECLARE horizon bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(715520260001);
  SELECT max(position) INTO horizon FROM audit_events;
  RETURN coalesce(horizon, 0);
END
$$;
