-- Only clients registered for the admin API are checked: the restrictions apply nowhere else.
CREATE OR REPLACE FUNCTION authly_assert_as_restricted(client text) RETURNS void
LANGUAGE plpgsql STABLE AS $$
DECLARE
  noted jsonb := nullif(current_setting('authly.restrictions', true), '')::jsonb;
  target clients%ROWTYPE;
  allowed text[];
BEGIN
  SELECT * INTO target FROM clients WHERE client_id = client;
  IF NOT EXISTS (SELECT FROM unnest(target.scopes) AS scope WHERE scope LIKE 'admin:%') THEN
    RETURN;
  END IF;
  allowed := ARRAY(SELECT jsonb_array_elements_text(noted -> 'addresses'));
  IF noted IS NULL
    OR ((noted ->> 'signing')::boolean AND NOT target.require_request_signing)
    OR (cardinality(allowed) > 0 AND (cardinality(target.admin_ip_allow_list) = 0 OR EXISTS (
      SELECT FROM unnest(target.admin_ip_allow_list) AS entry
      WHERE NOT EXISTS (SELECT FROM unnest(allowed) AS range
                        WHERE entry = range OR authly_inet(entry) <<= authly_inet(range)))))
  THEN
    RAISE EXCEPTION 'less restricted than the acting client' USING ERRCODE = 'AU403', HINT = 'less_restricted';
  END IF;
END
$$;
