/** The address that the account is for. A message to it says how it goes on, to whoever reads that mailbox. */
import { networkOf } from '../../kit/network.ts'
import { Field } from '../../pages/form-parts.tsx'
import { maxLength } from '../../users/identifier-length.ts'
import { identifierForm } from '../../users/normal-form.ts'
import { email as emailSchema } from '../../users/user-fields.ts'
import { acceptsAddress } from '../accepts-address.ts'
import { ChallengeFields } from '../challenge/challenge-fields.tsx'
import { sendRegistrationCode } from '../registration-code.ts'
import { RegistrationForm } from './registration-form.tsx'
import type {
  RegistrationAttempt,
  RegistrationNeeds,
  RegistrationOutcome,
  RegistrationStep,
} from './registration-step.ts'

const id = 'address'

export const address: RegistrationStep = {
  id,
  title: ({ registration }) => registration.title,
  isDone: ({ code }) => code !== undefined,

  page: (shown) => {
    const { page, problems, challenge, progress } = shown
    const { messages } = page
    return (
      <RegistrationForm shown={shown} step={id}>
        {challenge && <p class="lead">{messages.registration.challenged}</p>}
        <Field
          name="email"
          type="text"
          inputmode="email"
          label={messages.emailLabel}
          autocomplete="email"
          maxlength={maxLength.email}
          value={shown.typed?.get('email') ?? (progress.email || undefined)}
          autofocus={problems.length === 0 && !challenge}
          problems={problems}
        />
        {challenge && <ChallengeFields page={page} challenge={challenge} />}
        <div class="actions">
          <button type="submit">{messages.continueAction}</button>
        </div>
      </RegistrationForm>
    )
  },

  async attempt(needs, attempt) {
    const { form, settings, page } = attempt
    const texts = page.messages.registration
    const parsed = emailSchema.safeParse(form.get('email') ?? '')
    if (!parsed.success) return refused(texts.emailInvalid, 'malformed')
    const email = parsed.data
    if (!acceptsAddress(settings, email)) return refused(texts.domainNotAllowed, 'domain')
    const stopped = await passGate(needs, attempt, email)
    if (stopped) return stopped
    const sent = await sendRegistrationCode(needs, { ...attempt.progress, email }, page.language.tag)
    return sent.status === 'sent' ? { status: 'next', progress: sent.progress } : sent
  },
}

const refused = (message: string, reason: string): RegistrationOutcome => ({
  status: 'refused',
  problems: [{ field: 'email', message }],
  reason,
})

/**
 * What stands before a message. Attack: a program has us write to thousands of mailboxes, or makes accounts by the
 * thousand: beyond a calm number each costs it a second of computing, and us a few milliseconds.
 */
export async function passGate(
  { root, rateLimiter }: RegistrationNeeds,
  { form, settings, challenge, origin }: RegistrationAttempt,
  email: string,
): Promise<RegistrationOutcome | undefined> {
  const ip = origin.ip ?? 'unknown'
  const decision = await rateLimiter.take('register-ip', ip)
  if (!decision.allowed) return { status: 'limited', decision }
  const mode = settings['registration.challenge']
  if (mode === 'off') return undefined
  const subject = await root.mac('challenge', identifierForm(email))
  if (await challenge.isSolved(form, subject, origin)) return undefined
  if (mode === 'when_abused') {
    const calm = await Promise.all([
      rateLimiter.take('register-calm-ip', networkOf(ip)),
      rateLimiter.take('register-calm', 'all'),
    ])
    if (calm.every(({ allowed }) => allowed)) return undefined
  }
  return { status: 'challenged', challenge: await challenge.show(subject) }
}
