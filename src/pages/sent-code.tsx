/** Parts of a page where a code that was sent is entered, or another one is asked for. */
import type { Child, FC } from 'hono/jsx'
import { resendSeconds } from '../delivery/codes/decide-code.ts'
import { formatWait } from '../messages/format-time.ts'
import { CodeField, type Problem } from './form-parts.tsx'
import type { Page } from './page.ts'

interface SendCodeProps {
  readonly page: Page
  /** A form that posts its children to the step. */
  readonly Form: FC<{ readonly children: Child }>
}

interface SentCodeProps extends SendCodeProps {
  readonly texts: {
    readonly sent: string
    readonly label: string
    readonly notArrived: (wait: string) => string
  }
  /** Whom it was sent to. */
  readonly chip: Child
  /** Of the button under the code. */
  readonly action: string
  readonly problems: readonly Problem[]
}

/** Asks for a code: the first one, or `again` for another one. */
export const SendCode: FC<SendCodeProps & { readonly again?: boolean }> = ({ page, Form, again }) => {
  const { emailCodes } = page.messages
  return (
    <Form>
      <input type="hidden" name="send" value="yes" />
      <div class="actions">
        <button type="submit" class={again ? 'second' : undefined}>
          {again ? emailCodes.sendAgain : emailCodes.send}
        </button>
      </div>
    </Form>
  )
}

/** The field for the code, and what to do when it does not arrive. */
export const SentCode: FC<SentCodeProps> = ({ page, Form, texts, chip, action, problems }) => (
  <>
    <Form>
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
    </Form>
    <p class="hint">{texts.notArrived(formatWait(page.language.tag, resendSeconds))}</p>
    <SendCode page={page} Form={Form} again />
  </>
)
