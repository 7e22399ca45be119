/**
 * An attempt with e-mail address or username and password. It costs one rate-limit call, one query, one hash and one
 * call to record the result; a correct password gives the address its permit back.
 *
 * The password is verified before the counter decides, so that parallel guesses gain nothing, and every refusal
 * does the same work, so that response times do not reveal which accounts exist.
 */
import { createEvent } from '../../audit/create-event.ts'
import type { Origin } from '../../audit/event.ts'
import { needsNewPassword } from '../../authentication/needs-new-password.ts'
import { delay } from '../../kit/delay.ts'
import { sha256 } from '../../kit/hash.ts'
import { uuidv7 } from '../../kit/ids.ts'
import { networkOf } from '../../kit/network.ts'
import { busyRetrySeconds } from '../../passwords/hash-slots.ts'
import type { RateLimitDecision } from '../../rate-limits/rate-limiter.ts'
import { maxIdentifierLength } from '../../users/identifier-length.ts'
import type { LoginPassword, UserWithPassword } from '../../users/user.ts'
import { outcomeOf, prepareCall, type SignInCall } from './sign-in-call.ts'
import type { StepAttempt, StepNeeds, StepOutcome } from './step.ts'
import { identifierMacsOf, readTypedIdentifier, type TypedIdentifier } from './typed-identifier.ts'

/** Longer than verifying any hash that an import accepts, about 1.5 seconds (`src/passwords/foreign/`, decision 0041). */
const slowestVerificationMs = 2000

/** In UTF-16 units. */
export const maxTypedLength = 1024

/** The same for unknown users, wrong passwords and disabled users (prevents user enumeration). */
const refused: StepOutcome = {
  status: 'refused',
  problems: ({ messages }) => [{ message: messages.signInFailed }],
  reason: 'refused',
}

/** Tries a password, whether or not there is such an account. */
export async function attemptPassword(
  needs: StepNeeds,
  attempt: StepAttempt,
  identifier: string,
  typed: string,
): Promise<StepOutcome> {
  if (identifier.length > maxIdentifierLength || typed.length > maxTypedLength) return refused
  const named = await readTypedIdentifier(needs, attempt, identifier)
  const { known } = named
  const address = attempt.origin.ip ?? 'unknown'
  // All devices of an account share its slots: each sign-in issues another handle and old ones remain valid, so
  // slots per device would be no limit.
  const release = await needs.hashSlots.take(known?.user_id ?? networkOf(address), known !== undefined)
  if (!release) return { status: 'busy', retryAfterSeconds: busyRetrySeconds }
  const { outcome, floor } = await tryPassword(needs, attempt, { ...named, identifier, typed }).catch(
    (failure) => {
      release()
      throw failure
    },
  )
  if (outcome.status === 'done') {
    // Released after the permit is given back, so that the next waiting request finds it.
    return { ...outcome, afterwards: [Promise.allSettled(outcome.afterwards).then(release)] }
  }
  release()
  await floor
  return outcome
}

interface Typed extends TypedIdentifier {
  readonly identifier: string
  readonly typed: string
}

interface Tried {
  readonly outcome: StepOutcome
  /** Refusals wait for this, if set. */
  readonly floor?: Promise<void> | undefined
}

async function tryPassword(needs: StepNeeds, attempt: StepAttempt, named: Typed): Promise<Tried> {
  const { identifier, identifierHash, typed, counted } = named
  const decision = await needs.rateLimiter.take(counted.policy, counted.subject)
  if (!decision.allowed) return { outcome: { status: 'limited', decision } }
  const readAt = needs.now()
  const { person, hasForeignHashes } = await needs.findUserForLogin(identifier)
  // The cost of an imported hash was chosen by its old system. While there are imported hashes, every refusal
  // takes at least as long as the slowest of them, so that timing reveals neither who was imported nor who exists.
  // The timer runs in parallel to the work.
  const floor = hasForeignHashes ? delay(slowestVerificationMs) : undefined
  const usable = person?.user.status === 'active' ? person.password : undefined
  const isCorrect = await needs.passwordHasher.verify(typed, usable?.hash)
  // Also for failures and unknown users, so that timing reveals nothing.
  const identifierMacs = await identifierMacsOf(needs, named, person?.user)
  const user_id = person?.user.id ?? uuidv7(needs.now())
  const call = await prepareCall(needs, attempt, { user_id, identifierMacs })
  const verified = { identifierHash, identifierMacs, isCorrect, typed, readAt, call, decision }
  const outcome = person
    ? await recordResult(needs, attempt, person, verified)
    : await recordUnknownUser(needs, attempt.origin, identifierHash)
  return { outcome, floor }
}

/**
 * Records an attempt with an unknown identifier. The event omits the identifier, because people type passwords
 * into the wrong field. It is sent after the response, so that recording it does not make unknown accounts slower.
 */
async function recordUnknownUser(
  needs: StepNeeds,
  origin: Origin,
  identifierHash: string,
): Promise<StepOutcome> {
  const now = needs.now()
  const result = await needs.rateLimiter.recordUnknownLogin(identifierHash, now)
  const failure = { outcome: 'failure', actor_type: 'anonymous' } as const
  if (result.status === 'refused') {
    needs.recordEvent(createEvent('login.failed', now, origin, { ...failure, data: { method: 'password' } }))
    return refused
  }
  const { retry_after_seconds } = result
  const data = { method: 'password', retry_after_seconds }
  needs.recordEvent(createEvent('login.locked', now, origin, { ...failure, data }))
  return { status: 'locked', retryAfterSeconds: retry_after_seconds }
}

interface Verified {
  readonly identifierHash: string
  readonly identifierMacs: readonly string[]
  readonly isCorrect: boolean
  readonly typed: string
  /** Milliseconds since the Unix epoch, before the account was read. */
  readonly readAt: number
  readonly call: SignInCall
  readonly decision: RateLimitDecision
}

async function recordResult(
  needs: StepNeeds,
  attempt: StepAttempt,
  { user, password: stored, factors, otp_seeds }: UserWithPassword,
  { identifierHash, identifierMacs, isCorrect, typed, readAt, call, decision }: Verified,
): Promise<StepOutcome> {
  const mustChange = needsNewPassword(factors)
  const { pending_id, secret_hash } = call.handles.pending
  const result = await needs.sessionsOf(user.id).recordLogin({
    ...call.input,
    read_at: readAt,
    identifier_hash: identifierHash,
    password_ok: isCorrect,
    pending: {
      ...{ pending_id, secret_hash, otp_seeds, signals: attempt.signals },
      policy: attempt.policy,
      account: factors,
      identifier_macs: identifierMacs,
      password_hash_digest: mustChange && stored ? await sha256(stored.hash) : undefined,
    },
  })
  if (result.status === 'locked') {
    return { status: 'locked', retryAfterSeconds: result.retry_after_seconds }
  }
  if (result.status === 'refused') return refused
  // Attempts from a device have a limit of their own and the device gets a new id at each sign-in: nothing to give
  // back.
  const afterwards: Promise<unknown>[] =
    decision.policy === 'login-ip' ? [needs.rateLimiter.giveBack(decision)] : []
  // A hash whose password must be changed next is kept: the sign-in refers to it.
  if (stored && !mustChange) {
    afterwards.push(keepHealthy(needs, user.id, stored, { typed, origin: attempt.origin }))
  }
  return outcomeOf(needs, attempt, call, result, { afterwards, account: factors })
}

/**
 * What is possible only at sign-in, where the plain password is known: hashes it with the current algorithm and costs, and
 * looks it up in the list of breached ones, which the slot does not wait for.
 */
async function keepHealthy(
  needs: StepNeeds,
  userId: string,
  stored: LoginPassword,
  { typed, origin }: { readonly typed: string; readonly origin: Origin },
): Promise<void> {
  let { hash } = stored
  if (needs.passwordHasher.needsRehash(hash)) {
    const newHash = await needs.passwordHasher.hash(typed)
    await needs.renewPasswordHash({ userId, replacesHash: hash, newHash })
    hash = newHash
  }
  if (stored.is_breach_check_due) needs.checkForBreach({ userId, password: typed, hash, origin })
}
