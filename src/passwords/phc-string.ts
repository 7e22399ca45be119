/**
 * PHC strings of Argon2 (RFC 9106 §3.1 parameters). Parsed and checked before any hashing: an imported or planted
 * hash with huge costs would otherwise let one login occupy an isolate.
 */
import { type Argon2Cost, type Argon2Type, argon2Types } from './argon2-wasm.ts'

/** OWASP Password Storage Cheat Sheet: m=19 MiB, t=2, p=1. */
export const currentCost: Argon2Cost = { memoryKib: 19_456, passes: 2, parallelism: 1 }

/** Maximum costs of a stored hash: fits the isolate's memory and takes well under a second. */
export const maxMemoryKib = 65_536
const bounds = { memoryKib: maxMemoryKib, passes: 10, parallelism: 8, memoryPasses: 262_144 }

export interface ParsedPhc {
  readonly type: Argon2Type
  readonly cost: Argon2Cost
}

const phc =
  /^\$(argon2id|argon2i|argon2d)\$v=19\$m=([1-9]\d{0,9}),t=([1-9]\d{0,9}),p=([1-9]\d{0,7})\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{22,86}$/

/** The parameters, or `undefined` for another format, an older Argon2 version, or costs out of bounds. */
export function parsePhc(text: string): ParsedPhc | undefined {
  const parsed = readPhc(text)
  return parsed && isBounded(parsed.cost) ? parsed : undefined
}

/** Whether it is an Argon2 hash of a known version whose costs are out of bounds. */
export function isTooDear(text: string): boolean {
  const parsed = readPhc(text)
  return parsed !== undefined && !isBounded(parsed.cost)
}

function readPhc(text: string): ParsedPhc | undefined {
  const match = phc.exec(text)
  if (!match) return undefined
  const type = match[1] as Argon2Type
  const cost = { memoryKib: Number(match[2]), passes: Number(match[3]), parallelism: Number(match[4]) }
  if (!Object.hasOwn(argon2Types, type) || cost.memoryKib < 8 * cost.parallelism) return undefined
  return { type, cost }
}

function isBounded({ memoryKib, passes, parallelism }: Argon2Cost): boolean {
  if (memoryKib > bounds.memoryKib || passes > bounds.passes || parallelism > bounds.parallelism) return false
  return memoryKib * passes <= bounds.memoryPasses
}

/** Whether a hash should be replaced at the next sign-in: another algorithm or other costs than the current ones. */
export function needsRehash(text: string): boolean {
  const parsed = parsePhc(text)
  return (
    parsed?.type !== 'argon2id' ||
    parsed.cost.memoryKib !== currentCost.memoryKib ||
    parsed.cost.passes !== currentCost.passes ||
    parsed.cost.parallelism !== currentCost.parallelism
  )
}
