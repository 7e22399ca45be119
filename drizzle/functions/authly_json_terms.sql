-- The search terms of a JSON value. A tsvector holds at most one megabyte: only the beginning of a larger value is
-- indexed, so that its event is not refused.
CREATE OR REPLACE FUNCTION authly_json_terms(document jsonb) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN octet_length(document::text) <= 100000
    THEN jsonb_to_tsvector('simple', document, '["string", "numeric"]')
    ELSE to_tsvector('simple', left(document::text, 100000)) END
$$;
