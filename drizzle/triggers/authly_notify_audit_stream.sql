-- Tells the live stream that events were written. A NOTIFY makes commits wait for each other, so it is sent only
-- while somebody listens: listeners hold lock 715520260010 shared, which this exclusive try then fails to get. A
-- listener reads the trail after it took the lock and waits for writers of then, so that no event falls between.
CREATE OR REPLACE FUNCTION authly_notify_audit_stream() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF pg_try_advisory_lock(715520260010) THEN
    PERFORM pg_advisory_unlock(715520260010);
  ELSE
    NOTIFY authly_audit;
  END IF;
  RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER audit_events_notify AFTER INSERT ON audit_events
  FOR EACH STATEMENT EXECUTE FUNCTION authly_notify_audit_stream();
