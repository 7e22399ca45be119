-- A link to set a password is worth what the password is worth: once one is set, by whatever way, older links open
-- nothing.
CREATE OR REPLACE FUNCTION authly_end_setup_links() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM password_setup_links USING written WHERE password_setup_links.user_id = written.user_id;
  RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER password_credentials_end_links_insert AFTER INSERT ON password_credentials
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION authly_end_setup_links();
