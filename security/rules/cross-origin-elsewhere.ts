// ruleid: cross-origin-elsewhere
headers.set('access-control-allow-origin', request.headers.get('origin'))

// ruleid: cross-origin-elsewhere
const headers = { 'Access-Control-Allow-Credentials': 'true' }

// ok: cross-origin-elsewhere
const exposed = { 'access-control-expose-headers': 'X-Request-Id' }
