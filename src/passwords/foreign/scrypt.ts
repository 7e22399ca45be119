/** scrypt (RFC 7914) as a PHC string: `$scrypt$ln=15,r=8,p=1$<salt>$<hash>`, as Passlib and Node programs write it. */
import { scryptSync } from 'node:crypto'
import { inHashMemory, maxRunningKib } from '../hash-memory.ts'
import { bytesEqual, decodeBase64, encodeBase64, type ForeignScheme } from './foreign-scheme.ts'

export interface ScryptCost {
  /** log2(N). */
  readonly ln: number
  readonly r: number
  readonly p: number
}

/** Work is N·r·p, of which Workers refuse more than 2^20. */
const maxWork = 2 ** 20
/** RFC 7914 §2: 128·r bytes for each of N entries of the table, and for each of p blocks. */
const memoryKibOf = ({ ln, r, p }: ScryptCost): number => (128 * r * (2 ** ln + p)) / 1024

export const isScrypt = ({ ln, r, p }: ScryptCost): boolean => ln >= 1 && r >= 1 && p >= 1

/** Whether it fits an isolate. */
export const isBoundedScrypt = (cost: ScryptCost): boolean =>
  memoryKibOf(cost) <= maxRunningKib && 2 ** cost.ln * cost.r * cost.p <= maxWork

/** Derives the key. `cost` must have been checked before. */
export function deriveScrypt(
  password: Uint8Array,
  salt: Uint8Array,
  cost: ScryptCost,
  length: number,
): Uint8Array<ArrayBuffer> {
  const options = { N: 2 ** cost.ln, r: cost.r, p: cost.p, maxmem: 2 * maxRunningKib * 1024 }
  return inHashMemory(memoryKibOf(cost), () => new Uint8Array(scryptSync(password, salt, length, options)))
}

/** The stored form: `$scrypt$ln=15,r=8,p=1$<salt>$<hash>`. */
export const writeScrypt = (cost: ScryptCost, salt: Uint8Array, hash: Uint8Array): string =>
  `$scrypt$ln=${cost.ln},r=${cost.r},p=${cost.p}$${encodeBase64(salt)}$${encodeBase64(hash)}`

const phc =
  /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,4}),p=(\d{1,4})\$([A-Za-z0-9+/.]{1,172})\$([A-Za-z0-9+/.]{22,88})$/

export const scrypt: ForeignScheme = {
  id: 'scrypt',
  parse(stored) {
    const match = phc.exec(stored)
    if (!match) return undefined
    const cost = { ln: Number(match[1]), r: Number(match[2]), p: Number(match[3]) }
    const salt = decodeBase64(match[4] as string)
    const hash = decodeBase64(match[5] as string)
    if (!salt || !hash || hash.length < 16 || !isScrypt(cost)) return undefined
    if (!isBoundedScrypt(cost)) return 'too dear'
    return {
      verify: async (password) => bytesEqual(deriveScrypt(password, salt, cost, hash.length), hash),
    }
  },
}
