/** What the twin of sign-ins knows of everybody, and requests that prove it. */
import { randomBytes, webcrypto } from 'node:crypto'
import type { HttpRequest } from '../target.ts'
import { makeBenchPasskey } from './bench-passkey.ts'
import { formPost } from './requests.ts'
import { currentStep, totpCode } from './totp-code.ts'

/** As bench/twins/seal.ts opens it. */
async function seal(text: string): Promise<string> {
  const key = await webcrypto.subtle.importKey('raw', new Uint8Array(32), 'AES-GCM', false, ['encrypt'])
  const iv = randomBytes(12)
  const sealed = await webcrypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, Buffer.from(text))
  return `${iv.toString('base64url')}.${Buffer.from(sealed).toString('base64url')}`
}

export interface TwinSignIns {
  /** Of the worker. */
  readonly vars: Readonly<Record<string, string>>
  passkey(people: readonly string[]): readonly HttpRequest[]
  /** Good for half a minute. */
  totp(people: readonly string[]): readonly HttpRequest[]
}

export async function makeTwinSignIns(): Promise<TwinSignIns> {
  const passkey = makeBenchPasskey()
  const seed = randomBytes(20)
  const challenge = randomBytes(32).toString('base64url')
  const ceremony = { challenge, origin: 'http://localhost:22001', rpId: 'localhost' }
  const credential = JSON.stringify(passkey.assert(ceremony, 'ieee-p1363'))
  const signIn = await seal(challenge)
  return {
    vars: { PASSKEY: JSON.stringify(passkey.jwk), SEALED_SEED: await seal(seed.toString('base64url')) },
    passkey: (people) => people.map((user) => formPost('/passkey', { user, sign_in: signIn, credential })),
    totp: (people) => {
      const code = totpCode(seed, currentStep())
      return people.map((user) => formPost('/totp', { user, sign_in: signIn, code }))
    },
  }
}
