/**
 * Asks for a code and tries one. Whether there is such an account decides neither answer, nor how many calls are made, nor
 * what is written: codes are made, counted and used up for every identifier that is typed (user enumeration).
 */
import { createEvent } from '../../audit/create-event.ts'
import { type Asker, codeLifetimeSeconds } from '../../delivery/codes/decide-code.ts'
import { type CodeAccount, checkCode, issueCode, type MadeCode } from '../../delivery/codes/one-time-code.ts'
import type { Message } from '../../delivery/messages/index.ts'
import { destinationName } from '../../delivery/queue-message.ts'
import { type SignInProgress, sealProgress } from '../../interaction/sign-in-progress.ts'
import { constantTimeEqual, sha256 } from '../../kit/hash.ts'
import { languageOfLocale } from '../../messages/choose-language.ts'
import { readTypedCode } from '../../one-time-passwords/typed-code.ts'
import { isOver } from '../../recovery/waiting-period.ts'
import { count } from '../../telemetry/count.ts'
import { maxIdentifierLength } from '../../users/identifier-length.ts'
import { identifierForm } from '../../users/normal-form.ts'
import type { UserWithPassword } from '../../users/user.ts'
import { codeIsOver, wrongCode } from './refuse-code.ts'
import { refuseField } from './refuse-field.ts'
import { outcomeOf, prepareCall } from './sign-in-call.ts'
import { sealLink, signInLinkPath, writeResume } from './sign-in-link.ts'
import type { StepAttempt, StepNeeds, StepOutcome } from './step.ts'
import { identifierMacsOf, readTypedIdentifier, type TypedIdentifier } from './typed-identifier.ts'

const id = 'email_code'
const method = id

/** The code that was asked for in this sign-in; not that of another identifier, typed before. */
export async function codeOf(
  { root }: Pick<StepNeeds, 'root'>,
  { identifier, code }: Pick<SignInProgress, 'identifier' | 'code'>,
): Promise<SignInProgress['code']> {
  if (identifier === undefined || code === undefined) return undefined
  return constantTimeEqual(code.destination, await nameOf(root, identifier)) ? code : undefined
}

/** The object is named by what was typed, so that everybody has one. */
const nameOf = (root: StepNeeds['root'], identifier: string): Promise<string> =>
  destinationName(root, { channel: 'email', address: identifier })

interface Named extends TypedIdentifier {
  readonly identifier: string
  readonly destination: string
  readonly asker: Asker
}

async function nameAttempt(needs: StepNeeds, attempt: StepAttempt): Promise<Named | undefined> {
  const { identifier } = attempt.progress
  if (identifier === undefined || identifier.length > maxIdentifierLength) return undefined
  const [typed, destination] = await Promise.all([
    readTypedIdentifier(needs, attempt, identifier),
    nameOf(needs.root, identifier),
  ])
  return { ...typed, identifier, destination, asker: typed.known ? 'known_device' : 'elsewhere' }
}

/**
 * Who a code is for. To a username it goes to the address that was proven; to an address it is typed for, it goes also if
 * it was not: the code proves it.
 */
function accountOf(person: UserWithPassword | undefined, typed: string): CodeAccount | undefined {
  if (person?.user.status !== 'active') return undefined
  const { id: user_id, email, email_verified } = person.user
  if (email === undefined) return undefined
  const isTyped = identifierForm(typed) === identifierForm(email)
  return isTyped || email_verified
    ? { user_id, address: email, password_hash: person.password?.hash }
    : undefined
}

/** Sends a code, or does all that would be done. */
export async function sendCode(needs: StepNeeds, attempt: StepAttempt): Promise<StepOutcome> {
  const { progress, origin } = attempt
  const named = await nameAttempt(needs, attempt)
  if (!named) return wrongCode
  const decision = await needs.rateLimiter.take('code-ip', origin.ip ?? 'unknown')
  if (!decision.allowed) return { status: 'limited', decision }
  const { person } = await needs.findUserForLogin(named.identifier)
  const found = accountOf(person, named.identifier)
  // Beyond it nothing is sent, and nobody is told: two identifiers of one account must not be seen to share a limit.
  const { allowed } = await needs.rateLimiter.take(
    'code-user',
    `${found?.user_id ?? named.destination} ${named.asker}`,
  )
  const account = allowed ? found : undefined
  const before = await codeOf(needs, progress)
  const issued = await issueCode(needs, {
    ...{ destination: named.destination, asker: named.asker, replaces: before?.code_id, account },
    to: { channel: 'email', address: account?.address ?? named.identifier },
    language: languageOfLocale(person?.user.profile['locale']).tag,
    message: (made) => codeMessage(needs, attempt, named, made),
    resume: hasLink(attempt) ? (code_id) => resumeOf(needs, attempt, named, code_id) : undefined,
  })
  if (attempt.policy.recovers) count('authly_recoveries_total', 1, 'begun')
  if (issued.status !== 'issued') return { status: 'locked', retryAfterSeconds: issued.retry_after_seconds }
  return { status: 'next', progress: withCode(progress, named, issued.code_id), step: id }
}

const withCode = (progress: SignInProgress, { destination }: Named, code_id: string): SignInProgress => ({
  ...progress,
  code: { code_id, destination, channel: 'email' },
})

const hasLink = ({ settings }: StepAttempt): boolean => settings['sign_in.magic_links'] === 'on'

async function codeMessage(
  { root, config }: StepNeeds,
  attempt: StepAttempt,
  { destination }: Named,
  { code_id, code, expires_at }: MadeCode,
): Promise<Message> {
  const params = { code, valid_seconds: codeLifetimeSeconds }
  const kind = attempt.policy.recovers ? 'recovery_code' : 'email_code'
  if (!hasLink(attempt)) return { kind, params }
  const { browser } = attempt.progress
  const link = await sealLink(root, { code_id, code, destination, browser, expires_at })
  const url = `${config.issuer}${signInLinkPath}?${new URLSearchParams({ link })}`
  return { kind, params: { ...params, url } }
}

/** What the page of the code sends beside the code: sealed, and bound to this browser. */
const resumeOf = async (
  { root }: StepNeeds,
  { form, progress }: StepAttempt,
  named: Named,
  code_id: string,
): Promise<string> =>
  writeResume({
    sign_in: await sealProgress(root, withCode(progress, named, code_id)),
    interaction: form.get('interaction'),
  })

/** Tries the code that was typed. */
export async function tryCode(needs: StepNeeds, attempt: StepAttempt): Promise<StepOutcome> {
  const { form, progress } = attempt
  const typed = form.get('code')?.trim()
  if (!typed) return refuseField('code', ({ emailCodes }) => emailCodes.missing, 'incomplete')
  const code = readTypedCode(typed)
  const sent = await codeOf(needs, progress)
  const named = await nameAttempt(needs, attempt)
  if (!sent || !named) return codeIsOver(attempt)
  // What cannot be a code is no guess.
  if (code?.length !== 6) return wrongCode
  return tryNamed(needs, attempt, { ...named, code, code_id: sent.code_id })
}

interface Tried extends Named {
  readonly code: string
  readonly code_id: string
}

async function tryNamed(needs: StepNeeds, attempt: StepAttempt, tried: Tried): Promise<StepOutcome> {
  const { identifier, destination, asker, counted, code, code_id } = tried
  const decision = await needs.rateLimiter.take(counted.policy, counted.subject)
  if (!decision.allowed) return { status: 'limited', decision }
  const read_at = needs.now()
  const { person } = await needs.findUserForLogin(identifier)
  const account = accountOf(person, identifier)
  const checked = await checkCode(needs, { destination, asker, code_id, code, account })
  if (checked.status !== 'right' || !person || !account) {
    recordFailure(needs, attempt, account?.user_id, checked)
    switch (checked.status) {
      case 'locked':
        return { status: 'locked', retryAfterSeconds: checked.retry_after_seconds }
      case 'wrong':
        return wrongCode
      default:
        return codeIsOver(attempt)
    }
  }
  const identifierMacs = await identifierMacsOf(needs, tried, person.user)
  const call = await prepareCall(needs, attempt, { user_id: account.user_id, identifierMacs })
  const { pending_id, secret_hash } = call.handles.pending
  const recovery_hash = await findLostFactors(needs, attempt, person)
  const answer = await needs.sessionsOf(account.user_id).signInWithCode({
    ...call.input,
    ...{ read_at, recovery_hash },
    pending: {
      ...{ pending_id, secret_hash, otp_seeds: person.otp_seeds, signals: attempt.signals },
      ...{ policy: attempt.policy, account: person.factors, identifier_macs: identifierMacs },
      // A recovery replaces this password, and no other one.
      password_hash_digest:
        attempt.policy.recovers && person.password ? await sha256(person.password.hash) : undefined,
    },
  })
  if (answer.status === 'over') return codeIsOver(attempt)
  const { email, email_verified } = person.user
  if (email !== undefined && !email_verified) {
    // Before the answer, so that the tokens of this sign-in say so. Should it fail, the next code does it.
    const { origin } = attempt
    await needs.verifyEmail({ user_id: account.user_id, email, now: read_at, origin }).catch(() => undefined)
  }
  const afterwards = decision.policy === 'login-ip' ? [needs.rateLimiter.giveBack(decision)] : []
  return outcomeOf(needs, attempt, call, answer, { afterwards, account: person.factors })
}

/** The waiting period that is over, of somebody who recovers and has a second factor. */
async function findLostFactors(
  needs: StepNeeds,
  { policy }: StepAttempt,
  { user, factors }: UserWithPassword,
): Promise<string | undefined> {
  if (!policy.recovers || factors.passkeys + factors.otp === 0) return undefined
  const state = await (await needs.openRecoveryStore()).find(user.id)
  const waiting = state && !state.is_barred ? state.waiting : undefined
  return waiting && isOver(waiting, needs.now()) ? waiting.recovery_hash : undefined
}

/** After the response, and for unknown accounts too. */
function recordFailure(
  needs: StepNeeds,
  { origin }: StepAttempt,
  user_id: string | undefined,
  checked: Awaited<ReturnType<typeof checkCode>>,
): void {
  const failure = { outcome: 'failure', actor_type: 'anonymous', user_id } as const
  const now = needs.now()
  needs.recordEvent(
    checked.status === 'locked'
      ? createEvent('login.locked', now, origin, {
          ...failure,
          data: { method, retry_after_seconds: checked.retry_after_seconds },
        })
      : createEvent('login.failed', now, origin, { ...failure, data: { method } }),
  )
}
