/** The sign-in form. */
import type { FC } from 'hono/jsx'
import { ErrorSummary, Field, HiddenFields, Notice, type Problem } from './form-parts.tsx'
import { Layout } from './layout.tsx'
import { isolated } from './messages/isolated.ts'
import type { LoginMethod } from './methods/login-method.ts'
import type { Page } from './page.ts'

interface SignInPageProps {
  readonly page: Page
  readonly method: LoginMethod
  readonly interaction: string | undefined
  /** Name of the application that asked for the sign-in. */
  readonly clientName: string | undefined
  /** What the person typed before, or `login_hint`. */
  readonly username: string | undefined
  readonly problems: readonly Problem[]
  /** What was done before the person came here. */
  readonly notice?: string | undefined
}

export const SignInPage: FC<SignInPageProps> = (props) => {
  const { page, method, clientName, username, problems } = props
  const { messages } = page
  const focusable = problems.length > 0 ? -1 : username ? 1 : 0
  return (
    <Layout page={page} title={messages.signInTitle} hasProblem={problems.length > 0}>
      <div class="card">
        <h1>{messages.signInTitle}</h1>
        {clientName && <p class="lead">{messages.signInTo(isolated(clientName))}</p>}
        <Notice message={props.notice} />
        <ErrorSummary page={page} problems={problems} />
        <form method="post" action="/login">
          <HiddenFields page={page} interaction={props.interaction} />
          <input type="hidden" name="method" value={method.id} />
          {method.fields.map(({ label, missing: _, ...field }, index) => (
            <Field
              {...field}
              label={label(messages)}
              // A password is never sent back to the browser.
              value={field.autocomplete === 'username' ? username : undefined}
              autofocus={index === focusable}
              problems={problems}
            />
          ))}
          <div class="actions">
            <button type="submit">{messages.signInAction}</button>
          </div>
        </form>
      </div>
    </Layout>
  )
}
