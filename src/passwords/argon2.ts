/**
 * Password hashing: Argon2id with OWASP's parameters, about 26 ms in a Worker. The WebAssembly module is imported,
 * because Workers cannot compile at run time. Hashes of other systems are verified too, until the next sign-in
 * replaces them.
 */
import argon2Module from '@phi-ag/argon2/argon2.wasm'
import { type Argon2, instantiateArgon2 } from './argon2-wasm.ts'
import { parseForeignHash } from './foreign/index.ts'
import { normalizePassword } from './normalize-password.ts'
import type { PasswordHasher } from './password-hasher.ts'
import { currentCost, needsRehash, parsePhc } from './phc-string.ts'

const saltLength = 16
const hashLength = 32

/**
 * The hash of 256 discarded random bits, at current costs. Verified when there is no hash, so that response times
 * do not reveal which accounts exist.
 */
const dummyHash =
  '$argon2id$v=19$m=19456,t=2,p=1$b3lCSaIxb8atzTccOTZgTw$EdOwUagqxb4T6h0luXycE38YAmU0+Q5ZEtxS74GDcLs'

const encoder = new TextEncoder()
let instance: Argon2 | undefined

/** The isolate's only instance. Created at the first password, because it keeps about 20 MiB once used. */
const argon2 = (): Argon2 => {
  instance ??= instantiateArgon2(argon2Module)
  return instance
}

export const argon2Hasher: PasswordHasher = {
  async hash(password) {
    const salt = crypto.getRandomValues(new Uint8Array(saltLength))
    return argon2().hash(encoder.encode(normalizePassword(password)), salt, currentCost, hashLength)
  },

  async verify(password, phc) {
    const foreign = phc === undefined ? undefined : parseForeignHash(phc)
    if (typeof foreign === 'object') {
      // First without normalization, as other systems hash it; then in our normal form, where time allows.
      const typed = await foreign.verify(encoder.encode(password))
      const normalized = normalizePassword(password)
      if (typed || foreign.isDear || normalized === password) return typed
      return foreign.verify(encoder.encode(normalized))
    }
    const parsed = phc === undefined ? undefined : parsePhc(phc)
    const usable = phc !== undefined && parsed !== undefined
    const matches = argon2().verify(
      usable ? phc : dummyHash,
      encoder.encode(normalizePassword(password)),
      usable ? parsed.type : 'argon2id',
    )
    return usable && matches
  },

  needsRehash,
}
