// ruleid: predictable-random
const code = Math.random().toString(36).slice(2)

// ok: predictable-random
const handle = randomToken()

// ruleid: short-random-token
const nonce = randomToken(8)

// ruleid: short-random-token
const salt = crypto.getRandomValues(new Uint8Array(4))

// ok: short-random-token
const token = randomToken(16)

// ok: short-random-token
const iv = crypto.getRandomValues(new Uint8Array(12))
