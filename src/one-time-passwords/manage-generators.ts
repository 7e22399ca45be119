/** What people do with their generators of one-time passwords. */
import { createEvent } from '../audit/create-event.ts'
import type { AuditEventType, EventActor, Origin } from '../audit/event.ts'
import type { SecondFactors } from '../authentication/sign-in-state.ts'
import type { Clock } from '../kit/clock.ts'
import { isLastStrongFactor } from '../kit/database-error.ts'
import type { RootSecret } from '../kit/root-secret.ts'
import { confirmEnrolment, type Enrolment, openEnrolment } from './enrolment.ts'
import { enrolledParameters, type ListedGenerator, maxGeneratorName } from './generator.ts'
import type { OtpTolerance } from './match-code.ts'
import type { OpenOtpStore } from './otp-port.ts'
import { readTypedCode } from './typed-code.ts'

/** The last use of a time-based generator: the person's object knows it. */
export interface OtpUse {
  readonly otp_id: string
  /** Milliseconds since the Unix epoch. */
  readonly used_at: number
}

export interface ChangedFactors {
  readonly user_id: string
  readonly now: number
  readonly origin: Origin
  /** Who changed them, if not their owner. */
  readonly by?: EventActor | undefined
  /** A code that was used for the change must not be accepted again. */
  readonly used?: { readonly otp_id: string; readonly step: number } | undefined
}

export interface GeneratorNeeds {
  readonly now: Clock
  readonly root: Pick<RootSecret, 'seal' | 'open'>
  readonly openOtpStore: OpenOtpStore
  /** Tells the person's object: sign-ins in progress and remembered devices of theirs end. Idempotent. */
  readonly factorsChanged: (change: ChangedFactors) => Promise<void>
  readonly listOtpUses: (userId: string) => Promise<readonly OtpUse[]>
}

interface Changing {
  readonly user_id: string
  readonly origin: Origin
  readonly by?: EventActor | undefined
}

/** The generators of a person, the newest first. */
export async function listGenerators(
  { openOtpStore, listOtpUses }: Pick<GeneratorNeeds, 'openOtpStore' | 'listOtpUses'>,
  userId: string,
): Promise<readonly ListedGenerator[]> {
  const [generators, uses] = await Promise.all([(await openOtpStore()).list(userId), listOtpUses(userId)])
  const usedAt = new Map(uses.map(({ otp_id, used_at }) => [otp_id, used_at]))
  return generators.map((generator) => ({
    ...generator,
    last_used_at: usedAt.get(generator.id) ?? generator.last_used_at,
  }))
}

/** A name as its owner typed it; undefined for one that cannot be shown. */
export function readGeneratorName(typed: string | undefined): string | undefined {
  const name = typed?.normalize('NFC').trim()
  return name &&
    Array.from(name).length <= maxGeneratorName &&
    !/\p{C}/u.test(name.replace(/[\u200c\u200d]/g, ''))
    ? name
    : undefined
}

export type ConfirmOutcome =
  | { readonly status: 'added'; readonly used: { readonly otp_id: string; readonly step: number } }
  /** `wrong`: not a code of it. `full`: there are too many. `changed`: the account has other factors than `judged`. */
  | { readonly status: 'wrong' | 'full' | 'changed' | 'gone' }

interface Confirming extends Changing {
  /** As typed. */
  readonly code: string
  /** As `readGeneratorName` returns it. */
  readonly name: string
  readonly tolerance: OtpTolerance
  /** What the account had when it was decided that a generator may be added. */
  readonly judged: SecondFactors
}

/**
 * Stores the generator of an enrolment after a code of it was typed; the person's object must be told then. Repeating it
 * adds nothing.
 */
export async function addConfirmedGenerator(
  needs: Pick<GeneratorNeeds, 'now' | 'root' | 'openOtpStore'>,
  input: Confirming & { readonly enrolment: Omit<Enrolment, 'sealed'> },
): Promise<ConfirmOutcome> {
  const { user_id, code, name, tolerance, enrolment } = input
  const now = needs.now()
  const typed = readTypedCode(code)
  const confirmed = typed && (await confirmEnrolment(needs.root, enrolment, { typed, now, tolerance }))
  if (!confirmed) return { status: 'wrong' }
  const { id, sealed_secret, last_step } = confirmed
  const store = await needs.openOtpStore()
  const generator = { ...enrolledParameters, id, sealed_secret, name }
  const outcome = await store.add(user_id, generator, input.judged, changeEvent('otp.added', now, id, input))
  return outcome === 'added' || outcome === 'known'
    ? { status: 'added', used: { otp_id: id, step: last_step } }
    : { status: outcome }
}

/** The same on the account page, where the enrolment comes from the form. `expired`: it is not theirs, or too old. */
export async function addGenerator(
  needs: Omit<GeneratorNeeds, 'listOtpUses'>,
  input: Confirming & { readonly enrolment: string },
): Promise<ConfirmOutcome | { readonly status: 'expired' }> {
  const { user_id, origin, by } = input
  const now = needs.now()
  const enrolment = await openEnrolment(needs.root, user_id, input.enrolment, now)
  if (!enrolment) return { status: 'expired' }
  const added = await addConfirmedGenerator(needs, { ...input, enrolment })
  if (added.status === 'added') await needs.factorsChanged({ user_id, now, origin, by, used: added.used })
  return added
}

/** @returns `invalid` for a name that cannot be one, `unknown` for a generator that is not this person's */
export async function renameGenerator(
  needs: Pick<GeneratorNeeds, 'now' | 'openOtpStore'>,
  input: Changing & { readonly id: string; readonly name: string | undefined },
): Promise<'renamed' | 'invalid' | 'unknown'> {
  const name = readGeneratorName(input.name)
  if (name === undefined) return 'invalid'
  const event = changeEvent('otp.renamed', needs.now(), input.id, input)
  const store = await needs.openOtpStore()
  return (await store.rename(input.user_id, input.id, name, event)) ? 'renamed' : 'unknown'
}

/**
 * Removes a generator; the recovery codes go with the last second factor. When this returns, no sign-in in progress
 * accepts it. Repeating it completes what an outage interrupted.
 * @returns `last` for the last strong factor of an administrator, who cannot remove it alone
 */
export async function removeGenerator(
  needs: Pick<GeneratorNeeds, 'now' | 'openOtpStore' | 'factorsChanged'>,
  input: Changing & { readonly id: string },
): Promise<'removed' | 'unknown' | 'last'> {
  const { user_id, origin, by, id } = input
  const now = needs.now()
  const store = await needs.openOtpStore()
  try {
    const isRemoved = await store.remove(user_id, id, changeEvent('otp.removed', now, id, input))
    await needs.factorsChanged({ user_id, now, origin, by })
    return isRemoved ? 'removed' : 'unknown'
  } catch (error) {
    if (isLastStrongFactor(error)) return 'last'
    throw error
  }
}

const changeEvent = (
  type: Extract<AuditEventType, `otp.${string}`>,
  now: number,
  id: string,
  { user_id, origin, by }: Changing,
) =>
  createEvent(type, now, origin, {
    ...{ outcome: 'success', ...(by ?? { actor_type: 'user', actor_id: user_id }), user_id },
    ...{ entity_type: 'otp', entity_id: id },
  })
