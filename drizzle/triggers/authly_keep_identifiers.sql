-- One namespace. A name that another account has is refused under the constraint names of the former unique indexes,
-- which every version knows. An account that keeps its names and only gets new normal forms is not refused: the older
-- of the two accounts keeps the identifier, and the other is listed as a collision.
CREATE OR REPLACE FUNCTION authly_keep_identifiers() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  by_username text := coalesce(NEW.username_form, lower(NEW.username));
  by_email text := coalesce(NEW.email_form, lower(NEW.email));
  holder uuid;
  claims CURSOR FOR
    SELECT name, bool_or(given) AS given, bool_or(given AND kind = 'username') AS is_username FROM (VALUES
      (by_username, 'username', TG_OP = 'INSERT' OR NEW.username IS DISTINCT FROM OLD.username),
      (by_email, 'email', TG_OP = 'INSERT' OR NEW.email IS DISTINCT FROM OLD.email)) AS claim (name, kind, given)
    WHERE name IS NOT NULL
    GROUP BY name
    -- Always in the same order, so that two accounts that swap their names do not deadlock.
    ORDER BY name;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    DELETE FROM user_identifiers WHERE user_id = NEW.id
      AND identifier IS DISTINCT FROM by_username AND identifier IS DISTINCT FROM by_email;
    DELETE FROM user_identifier_collisions WHERE user_id = NEW.id
      AND identifier IS DISTINCT FROM by_username AND identifier IS DISTINCT FROM by_email;
  END IF;
  FOR claim IN claims LOOP
    LOOP
      INSERT INTO user_identifiers (identifier, user_id) VALUES (claim.name, NEW.id)
        ON CONFLICT DO NOTHING RETURNING user_id INTO holder;
      EXIT WHEN FOUND;
      SELECT user_id INTO holder FROM user_identifiers WHERE identifier = claim.name FOR UPDATE;
      -- Gone again: its holder was renamed or deleted at this moment.
      EXIT WHEN FOUND;
    END LOOP;
    IF holder = NEW.id THEN
      DELETE FROM user_identifier_collisions WHERE identifier = claim.name AND user_id = NEW.id;
      CONTINUE;
    END IF;
    IF claim.given THEN
      RAISE EXCEPTION 'the name is taken' USING ERRCODE = 'unique_violation',
        CONSTRAINT = CASE WHEN claim.is_username THEN 'users_username_unique' ELSE 'users_email_unique' END;
    END IF;
    IF (NEW.created_at, NEW.id) < (SELECT created_at, id FROM users WHERE id = holder) THEN
      UPDATE user_identifiers SET user_id = NEW.id WHERE identifier = claim.name;
    ELSE
      holder := NEW.id;
    END IF;
    INSERT INTO user_identifier_collisions (identifier, user_id) VALUES (claim.name, holder) ON CONFLICT DO NOTHING;
  END LOOP;
  RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER users_identifiers_insert AFTER INSERT ON users
  FOR EACH ROW EXECUTE FUNCTION authly_keep_identifiers();

CREATE OR REPLACE TRIGGER users_identifiers_update AFTER UPDATE OF username, email, form_version ON users
  FOR EACH ROW WHEN ((NEW.username, NEW.email, NEW.username_form, NEW.email_form)
    IS DISTINCT FROM (OLD.username, OLD.email, OLD.username_form, OLD.email_form))
  EXECUTE FUNCTION authly_keep_identifiers();
