-- Like authly_end_setup_links, for updates: rehashing the same password with new costs is not a new password and leaves
-- `changed_at` as it is.
CREATE OR REPLACE FUNCTION authly_end_setup_links_of_changed() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM password_setup_links USING written JOIN former USING (user_id)
  WHERE password_setup_links.user_id = written.user_id AND written.changed_at IS DISTINCT FROM former.changed_at;
  RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER password_credentials_end_links_update AFTER UPDATE ON password_credentials
  REFERENCING NEW TABLE AS written OLD TABLE AS former FOR EACH STATEMENT
  EXECUTE FUNCTION authly_end_setup_links_of_changed();
