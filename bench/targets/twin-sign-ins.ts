/** What the twin of sign-ins knows of everybody, and requests that prove it. */
import { createHmac, randomBytes, webcrypto } from 'node:crypto'
import type { HttpRequest } from '../target.ts'
import { formPost } from './requests.ts'

const { subtle } = webcrypto
const signatures = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const base64url = (bytes: Uint8Array | ArrayBuffer): string =>
  Buffer.from(bytes as Uint8Array).toString('base64url')

/** As bench/twins/sign-in.ts opens it. */
async function seal(text: string): Promise<string> {
  const key = await subtle.importKey('raw', new Uint8Array(32), 'AES-GCM', false, ['encrypt'])
  const iv = randomBytes(12)
  const sealed = await subtle.encrypt({ name: 'AES-GCM', iv }, key, Buffer.from(text))
  return `${base64url(iv)}.${base64url(sealed)}`
}

/** The code of this step of 30 seconds (RFC 6238, SHA-1, six digits). */
export function totpCode(seed: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const mac = createHmac('sha1', seed).update(counter).digest()
  const number = (mac.readUInt32BE((mac[19] as number) & 15) & 0x7fffffff) % 1_000_000
  return String(number).padStart(6, '0')
}

export interface TwinSignIns {
  /** Of the worker. */
  readonly vars: Readonly<Record<string, string>>
  passkey(people: readonly string[]): readonly HttpRequest[]
  /** Good for half a minute. */
  totp(people: readonly string[]): readonly HttpRequest[]
}

export async function makeTwinSignIns(): Promise<TwinSignIns> {
  const keys = await subtle.generateKey(signatures, true, ['sign', 'verify'])
  const seed = randomBytes(20)
  const challenge = randomBytes(32).toString('base64url')
  const signIn = await seal(challenge)
  const origin = 'http://localhost:22001'
  const client = Buffer.from(JSON.stringify({ type: 'webauthn.get', challenge, origin, crossOrigin: false }))
  const data = Buffer.concat([
    Buffer.from(await subtle.digest('SHA-256', Buffer.from('localhost'))),
    Buffer.from([0x1d, 0, 0, 0, 0]),
  ])
  const signed = Buffer.concat([data, Buffer.from(await subtle.digest('SHA-256', client))])
  const credential = JSON.stringify({
    ...{ client_data: base64url(client), authenticator_data: base64url(data) },
    signature: base64url(await subtle.sign(signatures, keys.privateKey, signed)),
  })
  return {
    vars: {
      PASSKEY: JSON.stringify(await subtle.exportKey('jwk', keys.publicKey)),
      SEALED_SEED: await seal(base64url(seed)),
    },
    passkey: (people) => people.map((user) => formPost('/passkey', { user, sign_in: signIn, credential })),
    totp: (people) => {
      const code = totpCode(seed, Math.floor(Date.now() / 30_000))
      return people.map((user) => formPost('/totp', { user, sign_in: signIn, code }))
    },
  }
}
