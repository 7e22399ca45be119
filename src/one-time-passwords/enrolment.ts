/**
 * A generator that is being set up: its seed travels sealed in the form, bound to the person, until a code of it was
 * typed. Nothing is stored for who never finishes.
 */
import { base64url } from 'jose'
import { uuidv7, uuidv8 } from '../kit/ids.ts'
import type { RootSecret } from '../kit/root-secret.ts'
import { decodeBase32, encodeBase32 } from './base32.ts'
import { enrolledParameters, enrolledSeedBytes } from './generator.ts'
import { importSeed } from './hotp.ts'
import { acceptedCounters, matchCode, type OtpTolerance } from './match-code.ts'
import { sealSeed } from './seal-seed.ts'

const purpose = 'one-time password enrolment'
const lifetimeMs = 30 * 60_000

export interface Enrolment {
  /** Id of the generator's row: a second confirmation of one enrolment changes nothing. */
  readonly id: string
  readonly seed: Uint8Array<ArrayBuffer>
  /** For the form's hidden field. */
  readonly sealed: string
}

interface Contents {
  readonly id: string
  readonly seed: string
  readonly expires_at: number
}

/** @param now milliseconds since the Unix epoch */
export async function beginEnrolment(
  root: Pick<RootSecret, 'seal'>,
  userId: string,
  now: number,
): Promise<Enrolment> {
  const seed = crypto.getRandomValues(new Uint8Array(enrolledSeedBytes))
  const contents: Contents = { id: uuidv7(now), seed: encodeBase32(seed), expires_at: now + lifetimeMs }
  return { id: contents.id, seed, sealed: await root.seal(purpose, JSON.stringify(contents), userId) }
}

/** The enrolment of a form; undefined when it is another person's, forged or expired. */
export async function openEnrolment(
  root: Pick<RootSecret, 'open'>,
  userId: string,
  sealed: string,
  now: number,
): Promise<Enrolment | undefined> {
  const text = sealed.length > 1024 ? undefined : await root.open(purpose, sealed, userId)
  if (text === undefined) return undefined
  const { id, seed, expires_at } = JSON.parse(text) as Contents
  const bytes = decodeBase32(seed)
  return bytes && now < expires_at ? { id, seed: bytes, sealed } : undefined
}

/**
 * The enrolment that belongs to one sign-in: whoever reloads its page, or goes back, finds the key their app has.
 * @param secretOf a MAC of a message, base64url
 */
export async function fixedEnrolment(
  secretOf: (message: string) => Promise<string>,
): Promise<Omit<Enrolment, 'sealed'>> {
  const [id, seed] = await Promise.all(
    ['id', 'seed'].map(async (name) => base64url.decode(await secretOf(name))),
  )
  return {
    id: uuidv8(id as Uint8Array),
    seed: Uint8Array.from((seed as Uint8Array).subarray(0, enrolledSeedBytes)),
  }
}

export interface ConfirmedEnrolment {
  readonly id: string
  readonly sealed_secret: string
  /** The time step of the code that confirmed it, which must not be accepted again. */
  readonly last_step: number
}

/** Confirms an enrolment by a code of it, as `readTypedCode` returns it; undefined for another code. */
export async function confirmEnrolment(
  root: Pick<RootSecret, 'seal'>,
  { id, seed }: Omit<Enrolment, 'sealed'>,
  {
    typed,
    now,
    tolerance,
  }: { readonly typed: string; readonly now: number; readonly tolerance: OtpTolerance },
): Promise<ConfirmedEnrolment | undefined> {
  if (typed.length !== enrolledParameters.digits) return undefined
  const key = await importSeed(seed, enrolledParameters.algorithm)
  const counters = acceptedCounters(enrolledParameters, now, tolerance)
  const last_step = await matchCode(key, enrolledParameters.digits, counters, typed)
  if (last_step === undefined) return undefined
  return { id, sealed_secret: await sealSeed(root, id, seed), last_step }
}
