-- Removes the normal forms of changed identifiers, unless the statement supplies new ones (authly_mark_given_forms).
CREATE OR REPLACE FUNCTION authly_drop_stale_forms() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.form_version < 0 THEN
    NEW.form_version := -NEW.form_version;
  ELSE
    IF NEW.username IS DISTINCT FROM OLD.username THEN
      NEW.username_form := NULL;
    END IF;
    IF NEW.email IS DISTINCT FROM OLD.email THEN
      NEW.email_form := NULL;
    END IF;
  END IF;
  IF (NEW.profile -> 'name', NEW.profile -> 'given_name', NEW.profile -> 'family_name')
    IS DISTINCT FROM (OLD.profile -> 'name', OLD.profile -> 'given_name', OLD.profile -> 'family_name') THEN
    NEW.name_form := NULL;
  END IF;
  IF NEW.name_form IS NULL OR (NEW.username_form IS NULL AND NEW.username IS NOT NULL)
    OR (NEW.email_form IS NULL AND NEW.email IS NOT NULL) THEN
    NEW.form_version := NULL;
  END IF;
  RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER users_forms_2_stale BEFORE UPDATE OF username, email, profile, form_version ON users
  FOR EACH ROW EXECUTE FUNCTION authly_drop_stale_forms();
