-- A role counts only in a session that reaches what the role demands: each list of `required_acr_values` has a class
-- of `reached`. Attack: somebody signed in with a password alone is given a role, or a role demands more from now on,
-- and the session stays as weak as it was. The hint names the classes of the first unmet demand.
CREATE OR REPLACE FUNCTION authly_assert_sign_in(actor_type text, actor_id text, reached text[]) RETURNS void
LANGUAGE plpgsql STABLE AS $$
DECLARE demand text[];
BEGIN
  IF actor_type <> 'user' THEN RETURN; END IF;
  SELECT required_acr_values INTO demand FROM users, roles
  WHERE users.id = actor_id::uuid AND roles.name = ANY (users.roles)
    AND roles.required_acr_values <> '{}' AND NOT roles.required_acr_values && reached
  ORDER BY roles.name LIMIT 1;
  IF demand IS NOT NULL THEN
    RAISE EXCEPTION 'a stronger sign-in is required' USING ERRCODE = 'AU401', HINT = array_to_string(demand, ' ');
  END IF;
END
$$;
