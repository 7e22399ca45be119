-- Notifies the live stream of new events. NOTIFY serializes commits, so it is sent only while somebody listens:
-- listeners hold lock 715520260010 shared, so that the exclusive try here fails. A listener reads the trail after it
-- has taken the lock and waits for the writers open at that time, so that no event is missed.
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
