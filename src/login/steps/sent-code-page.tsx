/** The page of a code that is sent: first to ask for one, then to enter it, or to ask for another. */
import type { Child, FC } from 'hono/jsx'
import { SendCode, SentCode } from '../../pages/sent-code.tsx'
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
  const Form: FC<{ readonly children: Child }> = ({ children }) => (
    <StepForm shown={shown} step={step}>
      {children}
    </StepForm>
  )
  const chip = <AccountChip page={page} name={progress.identifier ?? ''} switchTo={startOverPath(shown)} />
  if (isSent) return <SentCode {...{ page, Form, texts, chip, action, problems }} />
  return (
    <>
      <p class="lead">{texts.text}</p>
      {chip}
      <SendCode page={page} Form={Form} />
    </>
  )
}
