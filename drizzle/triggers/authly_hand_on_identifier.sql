-- An identifier that becomes free is passed to the oldest account waiting for it.
CREATE OR REPLACE FUNCTION authly_hand_on_identifier() RETURNS trigger
LANGUAGE plpgsql AS $$
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
END
$$;

CREATE OR REPLACE TRIGGER user_identifiers_free AFTER DELETE ON user_identifiers
  FOR EACH ROW EXECUTE FUNCTION authly_hand_on_identifier();
