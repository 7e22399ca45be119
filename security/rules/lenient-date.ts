// ruleid: lenient-date
const since = Date.parse(request.query.since)

// ruleid: lenient-date
const expiry = new Date(body.expires_at)

// ok: lenient-date
const time = new Date(now()).toISOString()

// ok: lenient-date
const earliest = Date.parse('0001-01-01T00:00:00Z')
