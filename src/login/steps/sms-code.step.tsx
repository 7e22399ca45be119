/**
 * A code by text message, as a second factor of accounts that have no better one: numbers are taken over and networks listen
 * in (a restricted authenticator, NIST SP 800-63B-4 §3.2.9).
 */
import type { FC } from 'hono/jsx'
import { hasSmsAlone, smsCodeProof } from '../../authentication/factor-proofs.ts'
import { resendSeconds } from '../../delivery/codes/decide-code.ts'
import { formatWait } from '../../messages/format-time.ts'
import { CodeField } from '../../pages/form-parts.tsx'
import { AccountChip } from '../../pages/sign-in-parts.tsx'
import { sendSms, trySmsCode } from './sms-code-attempt.ts'
import type { Step, StepPageProps } from './step.ts'
import { StepForm, startOverPath } from './step-form.tsx'

const id = 'sms_code'

const SmsCodePage: FC<StepPageProps> = (shown) => {
  const { page, progress, problems } = shown
  const { messages, language } = page
  const chip = <AccountChip page={page} name={progress.identifier ?? ''} switchTo={startOverPath(shown)} />
  const isSent = progress.code?.channel === 'sms'
  const send = (
    <StepForm shown={shown} step={id}>
      <input type="hidden" name="send" value="yes" />
      <div class="actions">
        <button type="submit" class={isSent ? 'second' : undefined}>
          {isSent ? messages.emailCodes.sendAgain : messages.emailCodes.send}
        </button>
      </div>
    </StepForm>
  )
  if (!isSent) {
    return (
      <>
        <p class="lead">{messages.smsCodes.text}</p>
        {chip}
        {send}
      </>
    )
  }
  return (
    <>
      <StepForm shown={shown} step={id}>
        <p class="lead">{messages.smsCodes.sent}</p>
        {chip}
        <CodeField
          name="code"
          label={messages.smsCodes.label}
          kind="digits"
          maxlength={32}
          autofocus={problems.length === 0}
          problems={problems}
        />
        <div class="actions">
          <button type="submit">{messages.continueAction}</button>
        </div>
      </StepForm>
      <p class="hint">{messages.smsCodes.notArrived(formatWait(language.tag, resendSeconds))}</p>
      {send}
    </>
  )
}

export const smsCode: Step = {
  id,
  kind: 'factor',
  proves: [smsCodeProof],
  offered: ({ account, proofs }, { sms_codes }) =>
    sms_codes === 'second_factor' && proofs.length > 0 && account !== undefined && hasSmsAlone(account),
  label: ({ smsCodes }) => smsCodes.useIt,
  title: ({ smsCodes }) => smsCodes.title,
  page: SmsCodePage,

  attempt: (needs, attempt) =>
    attempt.form.get('send') === undefined ? trySmsCode(needs, attempt) : sendSms(needs, attempt),
}
