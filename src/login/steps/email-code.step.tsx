/** A code sent to the mailbox of the account, in place of the password. The page is the same for whoever does not exist. */
import type { FC } from 'hono/jsx'
import { emailCodeProof } from '../../authentication/factor-proofs.ts'
import { resendSeconds } from '../../delivery/codes/decide-code.ts'
import { formatWait } from '../../messages/format-time.ts'
import { CodeField } from '../../pages/form-parts.tsx'
import { AccountChip } from '../../pages/sign-in-parts.tsx'
import { codeOf, sendCode, tryCode } from './email-code-attempt.ts'
import type { Step, StepPageProps } from './step.ts'
import { StepForm, startOverPath } from './step-form.tsx'

const id = 'email_code'

/** `true`: a code was asked for, for this identifier. */
type Prepared = boolean

const SendForm: FC<{ readonly shown: StepPageProps; readonly isAgain?: boolean }> = ({
  shown,
  isAgain = false,
}) => {
  const { emailCodes } = shown.page.messages
  return (
    <StepForm shown={shown} step={id}>
      <input type="hidden" name="send" value="yes" />
      <div class="actions">
        <button type="submit" class={isAgain ? 'second' : undefined}>
          {isAgain ? emailCodes.sendAgain : emailCodes.send}
        </button>
      </div>
    </StepForm>
  )
}

const EmailCodePage: FC<StepPageProps> = (shown) => {
  const { page, progress, problems } = shown
  const { messages, language } = page
  const name = progress.identifier ?? ''
  const chip = <AccountChip page={page} name={name} switchTo={startOverPath(shown)} />
  if (!(shown.prepared as Prepared)) {
    return (
      <>
        <p class="lead">{messages.emailCodes.text}</p>
        {chip}
        <SendForm shown={shown} />
      </>
    )
  }
  return (
    <>
      <StepForm shown={shown} step={id}>
        <p class="lead">{messages.emailCodes.sent}</p>
        {chip}
        <CodeField
          name="code"
          label={messages.emailCodes.label}
          kind="digits"
          maxlength={32}
          autofocus={problems.length === 0}
          problems={problems}
        />
        <div class="actions">
          <button type="submit">{messages.signInAction}</button>
        </div>
      </StepForm>
      <p class="hint">{messages.emailCodes.notArrived(formatWait(language.tag, resendSeconds))}</p>
      <SendForm shown={shown} isAgain />
    </>
  )
}

export const emailCode: Step = {
  id,
  kind: 'factor',
  proves: [emailCodeProof],
  // A first factor only. Attack: beside a password that is reset through the same mailbox it proves nothing more.
  offered: ({ identifier, proofs }, { email_codes }) =>
    identifier !== undefined && proofs.length === 0 && email_codes === 'on',
  label: ({ emailCodes }) => emailCodes.useIt,
  title: ({ emailCodes }) => emailCodes.title,
  page: EmailCodePage,
  prepare: async (needs, { progress }): Promise<Prepared> => (await codeOf(needs, progress)) !== undefined,

  attempt: (needs, attempt) =>
    attempt.form.get('send') === undefined ? tryCode(needs, attempt) : sendCode(needs, attempt),
}
