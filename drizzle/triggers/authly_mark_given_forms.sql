-- Postgres cannot compute normal forms; a statement that supplies them also sets form_version. Any other change of a
-- name leaves a stale form: it is removed, and a null form_version tells the cron job to compute a new one. The first
-- of the two triggers fires only for statements that set the column, and signals this to the second by a negative sign.
CREATE OR REPLACE FUNCTION authly_mark_given_forms() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  NEW.form_version := -NEW.form_version;
  RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER users_forms_1_given BEFORE UPDATE OF form_version ON users
  FOR EACH ROW EXECUTE FUNCTION authly_mark_given_forms();
