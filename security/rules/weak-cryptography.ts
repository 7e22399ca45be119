// ruleid: weak-cryptography
const digest = await crypto.subtle.digest('SHA-1', bytes)

// ruleid: weak-cryptography
const etag = createHash('md5').update(text).digest('hex')

// ruleid: weak-cryptography
const sealed = await crypto.subtle.encrypt({ name: 'AES-CBC', iv }, key, bytes)

// ok: weak-cryptography
const hash = await crypto.subtle.digest('SHA-256', bytes)

// ruleid: fixed-initialisation-vector
const same = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: new Uint8Array(12) }, key, bytes)

// ok: fixed-initialisation-vector
const once = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, bytes)

// ruleid: tls-not-verified
const client = new pg.Client({ ssl: { rejectUnauthorized: false } })

// ok: tls-not-verified
const checked = new pg.Client({ ssl: { rejectUnauthorized: true } })
