-- Postgres cannot make the normal form; whoever makes it names form_version in the same statement. Anybody else who
-- changes a name leaves the old form behind: it is taken away, and form_version null asks the cron job for another.
-- The first of the two triggers is fired only by statements that name the column, and tells the second by the sign.
CREATE OR REPLACE FUNCTION authly_mark_given_forms() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  NEW.form_version := -NEW.form_version;
  RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER users_forms_1_given BEFORE UPDATE OF form_version ON users
  FOR EACH ROW EXECUTE FUNCTION authly_mark_given_forms();
