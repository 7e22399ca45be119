-- A client with a restriction of its own (signed requests, addresses) makes and changes no client that has less of it:
-- by way of that one its holder would be rid of the restriction. What the acting client is restricted to is noted before
-- the write, which may be a change of that very client.
CREATE FUNCTION authly_note_restrictions(client text) RETURNS void LANGUAGE plpgsql VOLATILE AS $f$
BEGIN
  PERFORM set_config($s$authly.restrictions$s$, coalesce((
    SELECT jsonb_build_object($s$signing$s$, require_request_signing, $s$addresses$s$, to_jsonb(admin_ip_allow_list))::text
    FROM clients WHERE client_id = client), $s$$s$), true);
END $f$;
--> statement-breakpoint
-- Only clients that are registered for the admin API are asked about: the restrictions hold nowhere else.
CREATE FUNCTION authly_assert_as_restricted(client text) RETURNS void LANGUAGE plpgsql STABLE AS $f$
DECLARE
  noted jsonb := nullif(current_setting($s$authly.restrictions$s$, true), $s$$s$)::jsonb;
  target clients%ROWTYPE;
  allowed text[];
BEGIN
  SELECT * INTO target FROM clients WHERE client_id = client;
  IF NOT EXISTS (SELECT FROM unnest(target.scopes) AS scope WHERE scope LIKE $s$admin:%$s$) THEN
    RETURN;
  END IF;
  allowed := ARRAY(SELECT jsonb_array_elements_text(noted -> $s$addresses$s$));
  IF noted IS NULL
    OR ((noted ->> $s$signing$s$)::boolean AND NOT target.require_request_signing)
    OR (cardinality(allowed) > 0 AND (cardinality(target.admin_ip_allow_list) = 0 OR EXISTS (
      SELECT FROM unnest(target.admin_ip_allow_list) AS entry
      WHERE NOT EXISTS (SELECT FROM unnest(allowed) AS range
                        WHERE entry = range OR authly_inet(entry) <<= authly_inet(range)))))
  THEN
    RAISE EXCEPTION $m$less restricted than the acting client$m$ USING ERRCODE = $m$AU403$m$, HINT = $m$less_restricted$m$;
  END IF;
END $f$;
