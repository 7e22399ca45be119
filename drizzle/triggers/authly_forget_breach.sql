-- What is known of a password says nothing about the next one. Rehashing the same password leaves changed_at as it is.
CREATE OR REPLACE FUNCTION authly_forget_breach() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  NEW.breached_at := NULL;
  NEW.breach_check_due_at := NULL;
  RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER password_credentials_forget_breach BEFORE UPDATE ON password_credentials
  FOR EACH ROW WHEN (NEW.changed_at IS DISTINCT FROM OLD.changed_at) EXECUTE FUNCTION authly_forget_breach();
