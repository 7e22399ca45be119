/**
 * Sign-in with e-mail address or username and password. An attempt costs one rate-limit call, one query, one hash
 * and one call to record the result; a correct password gives the address its permit back.
 *
 * The password is verified before the counter decides, so that parallel guesses gain nothing, and every refusal
 * does the same work, so that response times do not reveal which accounts exist.
 */

import { createEvent } from '../../audit/create-event.ts'
import type { Origin } from '../../audit/event.ts'
import { acrPassword } from '../../authentication/acr.ts'
import { type DeviceHandle, isNameOf, issueDeviceHandle } from '../../interaction/device-cookie.ts'
import { issueSessionHandle } from '../../interaction/session-cookie.ts'
import { delay } from '../../kit/delay.ts'
import { uuidv7 } from '../../kit/ids.ts'
import { networkOf } from '../../kit/network.ts'
import type { IssuedHandle } from '../../kit/sealed-handle.ts'
import { changeReasonOf } from '../../passwords/change-reason.ts'
import { busyRetrySeconds } from '../../passwords/hash-slots.ts'
import type { RateLimitDecision } from '../../rate-limits/rate-limiter.ts'
import type { DeviceProof } from '../../sessions/device-types.ts'
import { maxIdentifierLength } from '../../users/identifier-length.ts'
import { identifierForm } from '../../users/normal-form.ts'
import type { LoginPassword, UserWithPassword } from '../../users/user.ts'
import type { LoginAttempt, LoginMethod, LoginNeeds, LoginOutcome } from './login-method.ts'

/** Longer than verifying any hash that an import accepts, about 1.5 seconds (`src/passwords/foreign/`, decision 0041). */
const slowestVerificationMs = 2000

export const password: LoginMethod = {
  id: 'password',
  acr: acrPassword,
  amr: ['pwd'],
  fields: [
    {
      name: 'identifier',
      type: 'text',
      autocomplete: 'username',
      label: (messages) => messages.identifierLabel,
      missing: (messages) => messages.identifierMissing,
      maxlength: maxIdentifierLength,
    },
    {
      name: 'password',
      type: 'password',
      autocomplete: 'current-password',
      label: (messages) => messages.passwordLabel,
      missing: (messages) => messages.passwordMissing,
      maxlength: 1024,
    },
  ],

  async attempt(needs, attempt) {
    const identifier = attempt.fields['identifier'] ?? ''
    const identifierHash = await macOf(needs.root, identifier)
    // On a device with an earlier sign-in to this account, attempts count against the device, so that others
    // behind the same address cannot lock its user out. A device handle cannot be forged and is valid for one
    // account only.
    const known = attempt.devices.find((each) => isNameOf(each, identifierHash))?.routing
    const device = known?.device_id
    const address = attempt.origin.ip ?? 'unknown'
    // All devices of an account share its slots: each sign-in issues another handle and old ones remain valid, so
    // slots per device would be no limit.
    const release = await needs.hashSlots.take(known?.user_id ?? networkOf(address), known !== undefined)
    if (!release) return { status: 'busy', retryAfterSeconds: busyRetrySeconds }
    const counted = { policy: device ? 'login-device' : 'login-ip', subject: device ?? address } as const
    const typed = { identifier, identifierHash, counted }
    const { outcome, floor } = await tryPassword(needs, attempt, typed).catch((failure) => {
      release()
      throw failure
    })
    if (outcome.status === 'signed_in') {
      // Released after the permit is given back, so that the next waiting request finds it.
      return { ...outcome, afterwards: [Promise.allSettled(outcome.afterwards).then(release)] }
    }
    release()
    await floor
    return outcome
  },
}

interface Tried {
  readonly outcome: LoginOutcome
  /** Refusals wait for this, if set. */
  readonly floor?: Promise<void> | undefined
}

async function tryPassword(
  needs: LoginNeeds,
  attempt: LoginAttempt,
  {
    identifier,
    identifierHash,
    counted,
  }: {
    readonly identifier: string
    readonly identifierHash: string
    readonly counted: { readonly policy: 'login-ip' | 'login-device'; readonly subject: string }
  },
): Promise<Tried> {
  const decision = await needs.rateLimiter.take(counted.policy, counted.subject)
  if (!decision.allowed) return { outcome: { status: 'limited', decision } }
  const typed = attempt.fields['password'] ?? ''
  const readAt = needs.now()
  const { person, hasForeignHashes } = await needs.findUserForLogin(identifier)
  // The cost of an imported hash was chosen by its old system. While there are imported hashes, every refusal
  // takes at least as long as the slowest of them, so that timing reveals neither who was imported nor who exists.
  // The timer runs in parallel to the work.
  const floor = hasForeignHashes ? delay(slowestVerificationMs) : undefined
  const usable = person?.user.status === 'active' ? person.password : undefined
  const isCorrect = await needs.passwordHasher.verify(typed, usable?.hash)
  const fresh = await issueHandles(needs, person?.user, identifierHash)
  const outcome = person
    ? await recordResult(needs, attempt, person, {
        identifierHash,
        isCorrect,
        typed,
        readAt,
        fresh,
        decision,
      })
    : await recordUnknownUser(needs, attempt.origin, identifierHash)
  return { outcome, floor }
}

/**
 * Records an attempt with an unknown identifier. The event omits the identifier, because people type passwords
 * into the wrong field. It is sent after the response, so that recording it does not make unknown accounts slower.
 */
async function recordUnknownUser(
  needs: LoginNeeds,
  origin: Origin,
  identifierHash: string,
): Promise<LoginOutcome> {
  const now = needs.now()
  const result = await needs.rateLimiter.recordUnknownLogin(identifierHash, now)
  const refused = { outcome: 'failure', actor_type: 'anonymous' } as const
  if (result.status === 'refused') {
    needs.recordEvent(createEvent('login.failed', now, origin, { ...refused, data: { method: password.id } }))
    return result
  }
  const { retry_after_seconds } = result
  const data = { method: password.id, retry_after_seconds }
  needs.recordEvent(createEvent('login.locked', now, origin, { ...refused, data }))
  return { status: 'locked', retryAfterSeconds: retry_after_seconds }
}

interface Verified {
  readonly identifierHash: string
  readonly isCorrect: boolean
  readonly typed: string
  /** Milliseconds since the Unix epoch, before the account was read. */
  readonly readAt: number
  readonly fresh: FreshHandles
  readonly decision: RateLimitDecision
}

async function recordResult(
  needs: LoginNeeds,
  { previous, devices, origin }: LoginAttempt,
  { user, password: stored }: UserWithPassword,
  { identifierHash, isCorrect, typed, readAt, fresh, decision }: Verified,
): Promise<LoginOutcome> {
  const now = needs.now()
  const shown = devices.find(({ routing }) => routing.user_id === user.id)
  const reason = stored && changeReasonOf(stored)
  const isSamePerson = previous?.user_id === user.id
  const result = await needs.sessionsOf(user.id).recordLogin({
    now,
    read_at: readAt,
    user_id: user.id,
    identifier_hash: identifierHash,
    password_ok: isCorrect,
    session: {
      session_id: fresh.session_id,
      secret_hash: fresh.session.secretHash,
      acr: password.acr,
      amr: password.amr,
      password_change_required: reason !== undefined,
      idle_ttl_seconds: needs.config.sessionIdleTtlSeconds,
      absolute_ttl_seconds: needs.config.sessionAbsoluteTtlSeconds,
    },
    replaces_session_id: isSamePerson ? previous.session_id : undefined,
    device: { presented: shown && proofOf(shown), next: proofOf(fresh.device) },
    origin,
  })
  if (result.status === 'locked') {
    return { status: 'locked', retryAfterSeconds: result.retry_after_seconds }
  }
  if (result.status === 'refused') return result
  // Attempts from a device have a limit of their own and the device gets a new id at each sign-in: nothing to give
  // back.
  const afterwards: Promise<unknown>[] =
    decision.policy === 'login-ip' ? [needs.rateLimiter.giveBack(decision)] : []
  if (previous && !isSamePerson) {
    const { user_id, session_id } = previous
    afterwards.push(needs.sessionsOf(user_id).endSession({ now, session_id, origin, reason: 'replaced' }))
  }
  // A hash whose password must be changed next is kept: the typed-password proof refers to it.
  const mustChange = stored && reason && { reason, verifiedHash: stored.hash }
  if (stored && !mustChange) afterwards.push(keepHealthy(needs, user.id, stored, { typed, origin }))
  const { device } = fresh
  const { handle } = fresh.session
  return { status: 'signed_in', session: result.session, handle, device, mustChange, afterwards }
}

/**
 * MAC of the normal form. Otherwise each spelling of an identifier would have its own counter, and guessing no
 * limit.
 */
const macOf = (root: LoginNeeds['root'], identifier: string): Promise<string> =>
  root.mac('login identifier', identifierForm(identifier))

interface FreshHandles {
  readonly session_id: string
  readonly session: IssuedHandle
  readonly device: DeviceHandle
}

/**
 * Issues the handles for a successful attempt. Also done for failures and unknown users, so that timing reveals
 * nothing. Ids and secrets are always new, so that a session planted before the sign-in stays worthless (session
 * fixation).
 */
async function issueHandles(
  { root, now }: LoginNeeds,
  user: UserWithPassword['user'] | undefined,
  identifierHash: string,
): Promise<FreshHandles> {
  const at = now()
  const [user_id, session_id, device_id] = [user?.id ?? uuidv7(at), uuidv7(at), uuidv7(at)]
  const names = [user?.email ?? '', user?.username ?? '']
  const macs = await Promise.all(names.map((name) => macOf(root, name)))
  const identifierMacs = [identifierHash, ...macs]
  const [session, device] = await Promise.all([
    issueSessionHandle(root, { user_id, session_id }),
    issueDeviceHandle(root, { user_id, device_id, identifierMacs, now: at }),
  ])
  return { session_id, session, device }
}

const proofOf = ({ routing, secretHash }: DeviceHandle): DeviceProof => ({
  device_id: routing.device_id,
  secret_hash: secretHash,
})

/**
 * What is possible only at sign-in, where the plain password is known: hashes it with the current algorithm and costs, and
 * looks it up in the list of breached ones, which the slot does not wait for.
 */
async function keepHealthy(
  needs: LoginNeeds,
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
