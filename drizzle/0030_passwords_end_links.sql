-- A link to set a password is worth what the password is worth: once one is set, by whatever way, older links open
-- nothing. Storing the same password under new costs is no new password, and leaves `changed_at` as it is.
CREATE FUNCTION authly_end_setup_links() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
  DELETE FROM password_setup_links USING written WHERE password_setup_links.user_id = written.user_id;
  RETURN NULL;
END $f$;
--> statement-breakpoint
CREATE FUNCTION authly_end_setup_links_of_changed() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN
  DELETE FROM password_setup_links USING written JOIN former USING (user_id)
  WHERE password_setup_links.user_id = written.user_id AND written.changed_at IS DISTINCT FROM former.changed_at;
  RETURN NULL;
END $f$;
--> statement-breakpoint
CREATE TRIGGER password_credentials_end_links_insert AFTER INSERT ON password_credentials
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION authly_end_setup_links();
--> statement-breakpoint
CREATE TRIGGER password_credentials_end_links_update AFTER UPDATE ON password_credentials
  REFERENCING NEW TABLE AS written OLD TABLE AS former FOR EACH STATEMENT EXECUTE FUNCTION authly_end_setup_links_of_changed();
