-- The hash of a replaced password is kept, so that the password cannot be chosen again; how many are kept is the setting
-- passwords.history. Rehashing the same password leaves changed_at as it is.
CREATE OR REPLACE FUNCTION authly_keep_former_passwords() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO password_history (user_id, hash)
  SELECT former.user_id, former.hash
  FROM former LEFT JOIN password_credentials AS kept ON kept.user_id = former.user_id
  WHERE authly_kept_passwords() > 0
    AND (kept.user_id IS NULL OR kept.changed_at IS DISTINCT FROM former.changed_at)
    -- Not of a deleted account, whose password goes with it.
    AND EXISTS (SELECT FROM users WHERE users.id = former.user_id)
  ON CONFLICT (user_id, hash) DO UPDATE SET replaced_at = excluded.replaced_at;

  DELETE FROM password_history USING (
    SELECT user_id, hash, row_number() OVER (PARTITION BY user_id ORDER BY replaced_at DESC, hash) AS place
    FROM password_history WHERE user_id IN (SELECT user_id FROM former)
  ) AS ranked
  WHERE password_history.user_id = ranked.user_id AND password_history.hash = ranked.hash
    AND ranked.place > authly_kept_passwords();
  RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER password_credentials_keep_former_update AFTER UPDATE ON password_credentials
  REFERENCING OLD TABLE AS former FOR EACH STATEMENT EXECUTE FUNCTION authly_keep_former_passwords();
CREATE OR REPLACE TRIGGER password_credentials_keep_former_delete AFTER DELETE ON password_credentials
  REFERENCING OLD TABLE AS former FOR EACH STATEMENT EXECUTE FUNCTION authly_keep_former_passwords();
