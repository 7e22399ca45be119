-- An administrator (who has a role with permissions) does not remove the last passkey or one-time password of their own
-- account: a thief with an open session would, to sign in later with the password alone. Another administrator can,
-- and deleting the account takes all of them. `authly.actor` is who acts through the admin API; nobody: the person on
-- the own account page. The lock serializes two removals at the same moment, each of which would leave the other's.
CREATE OR REPLACE FUNCTION authly_keep_strong_factor() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE account users%ROWTYPE;
BEGIN
  IF coalesce(current_setting('authly.actor', true), '') NOT IN ('', 'user:' || OLD.user_id) THEN
    RETURN NULL;
  END IF;
  SELECT * INTO account FROM users WHERE id = OLD.user_id FOR NO KEY UPDATE;
  IF EXISTS (SELECT 1 FROM roles WHERE name = ANY (account.roles) AND permissions <> '{}')
    AND NOT EXISTS (SELECT 1 FROM passkeys WHERE user_id = OLD.user_id)
    AND NOT EXISTS (SELECT 1 FROM otp_credentials WHERE user_id = OLD.user_id) THEN
    RAISE EXCEPTION 'the last strong factor of an administrator must stay'
      USING ERRCODE = 'AU409', HINT = 'last_strong_factor';
  END IF;
  RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER passkeys_keep_strong_factor AFTER DELETE ON passkeys FOR EACH ROW
  EXECUTE FUNCTION authly_keep_strong_factor();

CREATE OR REPLACE TRIGGER otp_credentials_keep_strong_factor AFTER DELETE ON otp_credentials FOR EACH ROW
  EXECUTE FUNCTION authly_keep_strong_factor();
