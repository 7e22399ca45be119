// ruleid: unguarded-fetch
const keys = await fetch(client.jwks_uri)

// ruleid: unguarded-fetch
const send = globalThis.fetch

// ok: unguarded-fetch
const document = await needs.guardedFetch(client.jwks_uri)

// ok: unguarded-fetch
const answer = await object.fetch('https://job.internal/', { headers })
