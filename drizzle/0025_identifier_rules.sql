-- Normal forms are no news of their own: they follow from the names.
CREATE OR REPLACE FUNCTION authly_changes(before jsonb, after jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(jsonb_object_agg(key, jsonb_build_object('before', before -> key, 'after', after -> key)), '{}')
  FROM jsonb_object_keys(before || after) AS key
  WHERE key NOT IN ('version', 'updated_at', 'username_form', 'email_form', 'name_form', 'form_version')
    AND before -> key IS DISTINCT FROM after -> key
$$;
--> statement-breakpoint
-- Postgres cannot make the normal form; whoever makes it names form_version in the same statement. Anybody else who
-- changes a name leaves the old form behind: it is taken away, and form_version null asks the cron job for another.
-- The first of the two triggers is fired only by statements that name the column, and tells the second by the sign.
CREATE FUNCTION authly_mark_given_forms() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.form_version := -NEW.form_version;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE FUNCTION authly_drop_stale_forms() RETURNS trigger LANGUAGE plpgsql AS $$
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
END $$;
--> statement-breakpoint
CREATE TRIGGER users_forms_1_given BEFORE UPDATE OF form_version ON users
  FOR EACH ROW EXECUTE FUNCTION authly_mark_given_forms();
--> statement-breakpoint
CREATE TRIGGER users_forms_2_stale BEFORE UPDATE OF username, email, profile, form_version ON users
  FOR EACH ROW EXECUTE FUNCTION authly_drop_stale_forms();
--> statement-breakpoint
-- One namespace. A name that somebody else has is refused in the words of the old unique indexes, which every version
-- knows. An account that keeps its names and only gets another form of them is not refused: the older one of two has
-- the name, and the other is listed.
CREATE FUNCTION authly_keep_identifiers() RETURNS trigger LANGUAGE plpgsql AS $$
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
    -- In one order, so that two accounts that exchange their names do not wait for each other.
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
      -- Not there any more: its holder was renamed or deleted in this moment.
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
END $$;
--> statement-breakpoint
CREATE TRIGGER users_identifiers_insert AFTER INSERT ON users
  FOR EACH ROW EXECUTE FUNCTION authly_keep_identifiers();
--> statement-breakpoint
CREATE TRIGGER users_identifiers_update AFTER UPDATE OF username, email, form_version ON users
  FOR EACH ROW WHEN ((NEW.username, NEW.email, NEW.username_form, NEW.email_form)
    IS DISTINCT FROM (OLD.username, OLD.email, OLD.username_form, OLD.email_form))
  EXECUTE FUNCTION authly_keep_identifiers();
--> statement-breakpoint
-- A name that becomes free goes to the oldest account that has waited for it.
CREATE FUNCTION authly_hand_on_identifier() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  heir uuid;
BEGIN
  SELECT waiting.user_id INTO heir
  FROM user_identifier_collisions AS waiting JOIN users ON users.id = waiting.user_id
  WHERE waiting.identifier = OLD.identifier AND waiting.user_id <> OLD.user_id
  ORDER BY users.created_at, users.id LIMIT 1;
  IF heir IS NOT NULL THEN
    INSERT INTO user_identifiers (identifier, user_id) VALUES (OLD.identifier, heir) ON CONFLICT DO NOTHING;
    IF FOUND THEN
      DELETE FROM user_identifier_collisions WHERE identifier = OLD.identifier AND user_id = heir;
    END IF;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER user_identifiers_free AFTER DELETE ON user_identifiers
  FOR EACH ROW EXECUTE FUNCTION authly_hand_on_identifier();
--> statement-breakpoint
-- The accounts there are: until their forms are made, in Postgres' lower case. The older one keeps the name.
WITH names AS (
  SELECT lower(username) AS identifier, id, created_at FROM users WHERE username IS NOT NULL
  UNION
  SELECT lower(email), id, created_at FROM users WHERE email IS NOT NULL
), ranked AS (
  SELECT identifier, id, row_number() OVER (PARTITION BY identifier ORDER BY created_at, id) AS place FROM names
), kept AS (
  INSERT INTO user_identifiers (identifier, user_id) SELECT identifier, id FROM ranked WHERE place = 1
)
INSERT INTO user_identifier_collisions (identifier, user_id) SELECT identifier, id FROM ranked WHERE place > 1;
