/**
 * Password hashing: Argon2id with OWASP's parameters, about 26 ms in a Worker. The WebAssembly module is imported,
 * because Workers cannot compile at run time. Hashes of other systems are verified too, until the next sign-in
 * replaces them.
 */
import argon2Module from '@phi-ag/argon2/argon2.wasm'
import { type Argon2, instantiateArgon2 } from './argon2-wasm.ts'
import { parseForeignHash } from './foreign/index.ts'
import { inHashMemory } from './hash-memory.ts'
import { normalizePassword } from './normalize-password.ts'
import type { PasswordHasher } from './password-hasher.ts'
import { currentCost, maxMemoryKib, needsRehash, parsePhc } from './phc-string.ts'

const saltLength = 16
const hashLength = 32

/**
 * The hash of 256 discarded random bits, at current costs. Verified when there is no hash, so that response times
 * do not reveal which accounts exist.
 */
const dummyHash =
  '$argon2id$v=19$m=19456,t=2,p=1$b3lCSaIxb8atzTccOTZgTw$EdOwUagqxb4T6h0luXycE38YAmU0+Q5ZEtxS74GDcLs'

const encoder = new TextEncoder()
let ownInstance: Argon2 | undefined
let dearInstance: WeakRef<Argon2> | undefined

/**
 * The isolate's instance for hashes of our own cost, created at the first password, because it keeps about 20 MiB once
 * used. Dearer ones, of other systems, have another, which may be collected after use: it keeps up to 64 MiB.
 */
function argon2For(memoryKib: number): Argon2 {
  if (memoryKib <= currentCost.memoryKib) {
    ownInstance ??= instantiateArgon2(argon2Module, currentCost.memoryKib)
    return ownInstance
  }
  const kept = dearInstance?.deref()
  if (kept) return kept
  const created = instantiateArgon2(argon2Module, maxMemoryKib)
  dearInstance = new WeakRef(created)
  return created
}

/** What the instance for our own hashes holds. */
export const ownInstanceKib = (): number => ownInstance?.heldKib() ?? 0

export const argon2Hasher: PasswordHasher = {
  async hash(password) {
    const salt = crypto.getRandomValues(new Uint8Array(saltLength))
    const bytes = encoder.encode(normalizePassword(password))
    const { memoryKib } = currentCost
    return inHashMemory(memoryKib, () => argon2For(memoryKib).hash(bytes, salt, currentCost, hashLength))
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
    const [hash, type, { memoryKib }] = usable
      ? ([phc, parsed.type, parsed.cost] as const)
      : ([dummyHash, 'argon2id', currentCost] as const)
    const bytes = encoder.encode(normalizePassword(password))
    const matches = inHashMemory(memoryKib, () => argon2For(memoryKib).verify(hash, bytes, type))
    return usable && matches
  },

  needsRehash,
}
