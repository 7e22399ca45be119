/** Sends a code to the telephone of somebody whose first factor is proven, and tries it. */
import { codeLifetimeSeconds } from '../../delivery/codes/decide-code.ts'
import { type CodeAccount, checkCode, issueCode } from '../../delivery/codes/one-time-code.ts'
import { destinationName } from '../../delivery/queue-message.ts'
import { isAllowedNumber } from '../../kit/calling-codes.ts'
import { languageOfLocale } from '../../messages/choose-language.ts'
import { readTypedCode } from '../../one-time-passwords/typed-code.ts'
import type { User } from '../../users/user.ts'
import { codeIsOver, wrongCode } from './refuse-code.ts'
import { refuseField } from './refuse-field.ts'
import { outcomeOf, prepareNextCall } from './sign-in-call.ts'
import type { StepAttempt, StepNeeds, StepOutcome } from './step.ts'

const id = 'sms_code'

interface Phone {
  readonly user: User
  readonly account: CodeAccount
  /** Of the number's object. */
  readonly destination: string
}

/** The verified number of who is signing in. One round trip. */
async function findPhone(
  { findUser, root }: StepNeeds,
  { pending }: StepAttempt,
): Promise<Phone | undefined> {
  const user = pending && (await findUser(pending.user_id))
  const address = user?.phone_number
  if (user?.status !== 'active' || address === undefined || !user.phone_number_verified) return undefined
  return {
    user,
    // A changed password ends the pending sign-in.
    account: { user_id: user.id, address, password_hash: undefined },
    destination: await destinationName(root, { channel: 'sms', address }),
  }
}

/** Sends a code, within every limit. */
export async function sendSms(needs: StepNeeds, attempt: StepAttempt): Promise<StepOutcome> {
  const { progress, settings, origin, policy } = attempt
  const phone = await findPhone(needs, attempt)
  if (!phone || policy.sms_codes !== 'second_factor') return { status: 'lost' }
  const { account, destination, user } = phone
  if (!isAllowedNumber(account.address, settings['sms.allowed_countries'])) {
    return {
      status: 'refused',
      problems: ({ messages }) => [{ message: messages.smsCodes.notThere }],
      reason: 'country',
    }
  }
  // The cap of the deployment last: what the others refuse does not count there.
  for (const [name, subject] of [
    ['code-ip', origin.ip ?? 'unknown'],
    ['sms-user', account.user_id],
    ['sms-day', 'all'],
  ] as const) {
    const decision = await needs.rateLimiter.take(name, subject)
    if (!decision.allowed) return { status: 'limited', decision }
  }
  const issued = await issueCode(needs, {
    ...{ destination, asker: 'elsewhere', account },
    replaces: progress.code?.destination === destination ? progress.code.code_id : undefined,
    to: { channel: 'sms', address: account.address },
    language: languageOfLocale(user.profile['locale']).tag,
    message: ({ code }) => ({ kind: id, params: { code, valid_seconds: codeLifetimeSeconds } }),
  })
  if (issued.status !== 'issued') return { status: 'locked', retryAfterSeconds: issued.retry_after_seconds }
  const code = { code_id: issued.code_id, destination, channel: 'sms' } as const
  return { status: 'next', progress: { ...progress, code }, step: id }
}

/** Tries the code that was typed: one call of the number's object, and one of the person's. */
export async function trySmsCode(needs: StepNeeds, attempt: StepAttempt): Promise<StepOutcome> {
  const { form, progress } = attempt
  const typed = form.get('code')?.trim()
  if (!typed) return refuseField('code', ({ smsCodes }) => smsCodes.missing, 'incomplete')
  const code = readTypedCode(typed)
  // What cannot be a code is no guess.
  if (code?.length !== 6) return wrongCode
  const [phone, call] = await Promise.all([findPhone(needs, attempt), prepareNextCall(needs, attempt)])
  if (!phone || !call) return { status: 'lost' }
  const sent = progress.code
  // Of another number than the account has now.
  if (!sent || sent.destination !== phone.destination) return codeIsOver(attempt)
  const { destination, account } = phone
  const checked = await checkCode(needs, {
    ...{ destination, account, code, code_id: sent.code_id },
    asker: 'elsewhere',
  })
  if (checked.status === 'locked') return { status: 'locked', retryAfterSeconds: checked.retry_after_seconds }
  const answer = await needs.sessionsOf(account.user_id).proveSmsCode({
    ...call.input,
    ...{ pending: call.handles.pending, is_right: checked.status === 'right' },
  })
  if (answer.status !== 'refused') return outcomeOf(needs, attempt, call, answer)
  return checked.status === 'wrong' ? wrongCode : codeIsOver(attempt)
}
