/** The code that was sent to the address. */
import { registerPath } from '../../interaction/register-path.ts'
import { readTypedCode } from '../../one-time-passwords/typed-code.ts'
import { SentCode } from '../../pages/sent-code.tsx'
import { AccountChip } from '../../pages/sign-in-parts.tsx'
import { checkRegistrationCode, sendRegistrationCode } from '../registration-code.ts'
import { RegistrationForm } from './registration-form.tsx'
import type { RegistrationOutcome, RegistrationStep } from './registration-step.ts'

const id = 'code'

export const code: RegistrationStep = {
  id,
  title: ({ registration }) => registration.codeTitle,
  isDone: ({ proven }) => proven === true,

  page: (shown) => {
    const { page, problems, progress } = shown
    const { emailCodes, registration, continueAction } = page.messages
    const switchTo = registerPath(shown.interaction, progress.next)
    return (
      <SentCode
        page={page}
        Form={({ children }) => (
          <RegistrationForm shown={shown} step={id}>
            {children}
          </RegistrationForm>
        )}
        texts={{ ...emailCodes, sent: registration.sent }}
        chip={<AccountChip page={page} name={progress.email} switchTo={switchTo} />}
        action={continueAction}
        problems={problems}
      />
    )
  },

  async attempt(needs, { form, progress, page, origin }) {
    const { emailCodes } = page.messages
    if (form.get('send') !== undefined) {
      // Attack: one registration, begun once, sends all day. The address's object has limits of its own.
      const decision = await needs.rateLimiter.take('register-ip', origin.ip ?? 'unknown')
      if (!decision.allowed) return { status: 'limited', decision }
      const sent = await sendRegistrationCode(needs, progress, page.language.tag)
      return sent.status === 'sent' ? { status: 'next', progress: sent.progress } : sent
    }
    const typed = form.get('code')?.trim()
    if (!typed) return refused(emailCodes.missing, 'incomplete')
    const read = readTypedCode(typed)
    // What cannot be a code is no guess.
    if (read?.length !== 6) return refused(emailCodes.wrong, 'wrong')
    const decision = await needs.rateLimiter.take('register-step-ip', origin.ip ?? 'unknown')
    if (!decision.allowed) return { status: 'limited', decision }
    const checked = await checkRegistrationCode(needs, progress, read)
    switch (checked.status) {
      case 'right':
        return { status: 'next', progress: { ...progress, proven: true } }
      case 'locked':
        return { status: 'locked', retryAfterSeconds: checked.retry_after_seconds }
      case 'wrong':
        return refused(emailCodes.wrong, 'wrong')
      default:
        return refused(emailCodes.over, 'over')
    }
  },
}

const refused = (message: string, reason: string): RegistrationOutcome => ({
  status: 'refused',
  problems: [{ field: 'code', message }],
  reason,
})
