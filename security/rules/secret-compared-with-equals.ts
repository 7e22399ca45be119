// ruleid: secret-compared-with-equals
if (stored.secret_hash === presentedHash) accept()

// ruleid: secret-compared-with-equals
if (csrfToken !== expected) refuse()

// ruleid: secret-compared-with-equals
if (client.secrets.includes(presentedSecret)) accept()

// ok: secret-compared-with-equals
if (constantTimeEqual(stored.secret_hash, presentedHash)) accept()

// ok: secret-compared-with-equals
if (token === undefined) refuse()

// ok: secret-compared-with-equals
if (request.method === 'temporary_password') create()

// ok: secret-compared-with-equals
if (client.token_endpoint_auth_method === registered) accept()
