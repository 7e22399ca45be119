-- Once a password has been set, in whatever way, older setup links are invalid.
CREATE OR REPLACE FUNCTION authly_end_setup_links() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM password_setup_links USING written WHERE password_setup_links.user_id = written.user_id;
  RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER password_credentials_end_links_insert AFTER INSERT ON password_credentials
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION authly_end_setup_links();
