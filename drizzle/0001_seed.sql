-- The roles there are from the beginning.
INSERT INTO roles (name, description, permissions, built_in) VALUES
  ('admin', 'May do everything', '{*}', true),
  ('auditor', 'Reads everything, changes nothing',
   '{admin:users:read,admin:sessions:read,admin:consents:read,admin:clients:read,admin:scopes:read,admin:keys:read,admin:roles:read,admin:settings:read,admin:stats:read,admin:jobs:read,admin:audit:read,admin:audit:export}', true),
  ('support', 'Helps people with their accounts',
   '{admin:users:read,admin:users:write,admin:sessions:read,admin:sessions:write,admin:consents:read,admin:consents:write,admin:stats:read}', true)
ON CONFLICT DO NOTHING;
