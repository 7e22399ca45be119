/** Changing the e-mail address: the new one, then the code that was sent to it. */
import type { FC } from 'hono/jsx'
import { CodeField, ErrorSummary, Field, HiddenFields, type Problem } from '../pages/form-parts.tsx'
import { Layout } from '../pages/layout.tsx'
import type { FormPage } from '../pages/page.ts'
import { maxIdentifierLength } from '../users/identifier-length.ts'

interface EmailPageProps {
  readonly page: FormPage
  /** The change whose code was sent, sealed. */
  readonly change: string | undefined
  readonly problems: readonly Problem[]
}

export const EmailPage: FC<EmailPageProps> = ({ page, change, problems }) => {
  const { messages } = page
  const words = messages.emailChange
  const autofocus = problems.length === 0
  return (
    <Layout page={page} title={words.title} hasProblem={problems.length > 0}>
      <section class="card">
        <h1>{words.title}</h1>
        <ErrorSummary page={page} problems={problems} />
        <p class="lead">{change === undefined ? words.text : words.sent}</p>
        <form method="post" action="/account/email">
          <HiddenFields page={page} />
          {change === undefined ? (
            <Field
              name="email"
              type="text"
              label={words.label}
              autocomplete="email"
              maxlength={maxIdentifierLength}
              autofocus={autofocus}
              problems={problems}
            />
          ) : (
            <>
              <input type="hidden" name="change" value={change} />
              <CodeField
                name="code"
                label={messages.emailCodes.label}
                kind="digits"
                maxlength={32}
                autofocus={autofocus}
                problems={problems}
              />
            </>
          )}
          <div class="actions">
            <button type="submit">{change === undefined ? messages.emailCodes.send : words.confirm}</button>
            <a class="button second" href="/account">
              {messages.cancel}
            </a>
          </div>
        </form>
      </section>
    </Layout>
  )
}
