-- Transactions commit in another order than they take numbers. Every writer holds this lock shared until it ends,
-- so a reader that takes it alone for a moment knows: no position up to the highest will appear later.
CREATE OR REPLACE FUNCTION authly_next_audit_position() RETURNS bigint
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(715520260001);
  RETURN nextval('audit_events_position_seq');
END
$$;
