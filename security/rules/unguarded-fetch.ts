// ruleid: unguarded-fetch
const keys = await fetch(client.jwks_uri)

// ruleid: unguarded-fetch
const send = globalThis.fetch

// ruleid: unguarded-fetch
const traced = await observedFetch(client.jwks_uri, {})

// ok: unguarded-fetch
const document = await needs.guardedFetch(client.jwks_uri)

// ok: unguarded-fetch
const answer = await object.fetch('https://job.internal/', { headers })
