/**
 * Bare twin of steps of a sign-in. `/passkey` opens what the page sealed, verifies an assertion (ES256) in the person's
 * object and writes a session; `/totp` opens a sealed seed there, checks a code within one step of now, and writes a
 * session. Both answer with a sealed cookie. Everybody has the same key and seed, each in an object of their own.
 */
import { DurableObject } from 'cloudflare:workers'
import { base64url, fromBase64url, randomText, utf8 } from './encode.ts'
import { open, seal } from './seal.ts'

interface Env {
  readonly SIGN_INS: DurableObjectNamespace<SignInObject>
  /** A JWK. */
  readonly PASSKEY: string
  readonly SEALED_SEED: string
}

interface Assertion {
  readonly challenge: string
  readonly clientDataJSON: string
  readonly authenticatorData: string
  /** Two 32-byte integers, as WebCrypto takes them. */
  readonly signature: string
}

export class SignInObject extends DurableObject {
  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    state.storage.sql.exec('CREATE TABLE IF NOT EXISTS known (kind TEXT PRIMARY KEY, value TEXT NOT NULL)')
    state.storage.sql.exec('CREATE TABLE IF NOT EXISTS sessions (id TEXT PRIMARY KEY, hash TEXT NOT NULL)')
    for (const [kind, value] of [
      ['key', env.PASSKEY],
      ['seed', env.SEALED_SEED],
    ] as const) {
      state.storage.sql.exec('INSERT OR IGNORE INTO known (kind, value) VALUES (?, ?)', kind, value)
    }
  }

  /** Web Authentication §7.2, no more than what cannot be left out. */
  async passkey(assertion: Assertion, hash: string): Promise<boolean> {
    const jwk = JSON.parse(this.#known('key')) as JsonWebKey
    const client = fromBase64url(assertion.clientDataJSON)
    const data = fromBase64url(assertion.authenticatorData)
    const { challenge } = JSON.parse(new TextDecoder().decode(client)) as { challenge: string }
    if (challenge !== assertion.challenge) return false
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
    const key = await crypto.subtle.importKey('jwk', jwk, algorithm, false, ['verify'])
    const signed = new Uint8Array(data.length + 32)
    signed.set(data)
    signed.set(new Uint8Array(await crypto.subtle.digest('SHA-256', client)), data.length)
    const isSigned = await crypto.subtle.verify(algorithm, key, fromBase64url(assertion.signature), signed)
    return isSigned && this.#begin(hash)
  }

  /** RFC 6238 with SHA-1, six digits, 30 seconds, one step of drift. */
  async totp(code: string, hash: string): Promise<boolean> {
    const seed = fromBase64url(await open(this.#known('seed')))
    const key = await crypto.subtle.importKey('raw', seed, { name: 'HMAC', hash: 'SHA-1' }, false, ['sign'])
    const now = Math.floor(Date.now() / 30_000)
    for (const step of [now - 1, now, now + 1]) {
      const counter = new DataView(new ArrayBuffer(8))
      counter.setBigUint64(0, BigInt(step))
      const mac = new DataView(await crypto.subtle.sign('HMAC', key, counter.buffer))
      const number = (mac.getUint32(mac.getUint8(19) & 15) & 0x7fffffff) % 1_000_000
      if (String(number).padStart(6, '0') === code) return this.#begin(hash)
    }
    return false
  }

  #known(kind: string): string {
    return String(this.ctx.storage.sql.exec('SELECT value FROM known WHERE kind = ?', kind).one()['value'])
  }

  /** The one write. */
  #begin(hash: string): boolean {
    this.ctx.storage.sql.exec('INSERT INTO sessions (id, hash) VALUES (?, ?)', randomText(), hash)
    return true
  }
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const { pathname } = new URL(request.url)
    const form = new URLSearchParams(await request.text())
    const user = form.get('user') ?? ''
    const object = env.SIGN_INS.get(env.SIGN_INS.idFromName(user))
    const session = randomText()
    const hash = base64url(await crypto.subtle.digest('SHA-256', utf8(session)))
    const challenge = await open(form.get('sign_in') ?? '')
    const isSignedIn =
      pathname === '/totp'
        ? await object.totp(form.get('code') ?? '', hash)
        : await object.passkey({ ...JSON.parse(form.get('credential') ?? ''), challenge }, hash)
    if (!isSignedIn) return new Response(null, { status: 400 })
    const cookie = `session=${await seal(`${user}.${session}`)}; Path=/; HttpOnly; Secure`
    return new Response(null, { status: 303, headers: { location: '/account', 'set-cookie': cookie } })
  },
}
