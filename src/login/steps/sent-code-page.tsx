/** The page of a code that is sent: first to ask for one, then to enter it, or to ask for another. */
import type { FC } from 'hono/jsx'
import { resendSeconds } from '../../delivery/codes/decide-code.ts'
import { formatWait } from '../../messages/format-time.ts'
import { CodeField } from '../../pages/form-parts.tsx'
import { AccountChip } from '../../pages/sign-in-parts.tsx'
import type { StepPageProps } from './step.ts'
import { StepForm, startOverPath } from './step-form.tsx'

interface SentCodePageProps {
  readonly step: string
  readonly shown: StepPageProps
  /** Whether a code was asked for in this sign-in. */
  readonly isSent: boolean
  readonly texts: {
    readonly text: string
    readonly sent: string
    readonly label: string
    readonly notArrived: (wait: string) => string
  }
  /** Of the button under the code. */
  readonly action: string
}

export const SentCodePage: FC<SentCodePageProps> = ({ step, shown, isSent, texts, action }) => {
  const { page, progress, problems } = shown
  const { messages, language } = page
  const chip = <AccountChip page={page} name={progress.identifier ?? ''} switchTo={startOverPath(shown)} />
  const send = (
    <StepForm shown={shown} step={step}>
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
        <p class="lead">{texts.text}</p>
        {chip}
        {send}
      </>
    )
  }
  return (
    <>
      <StepForm shown={shown} step={step}>
        <p class="lead">{texts.sent}</p>
        {chip}
        <CodeField
          name="code"
          label={texts.label}
          kind="digits"
          maxlength={32}
          autofocus={problems.length === 0}
          problems={problems}
        />
        <div class="actions">
          <button type="submit">{action}</button>
        </div>
      </StepForm>
      <p class="hint">{texts.notArrived(formatWait(language.tag, resendSeconds))}</p>
      {send}
    </>
  )
}
