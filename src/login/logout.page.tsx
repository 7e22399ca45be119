/** The sign-out confirmation and the page after it. Also rendered for RP-initiated logout. */
import type { FC } from 'hono/jsx'
import { isolated } from '../messages/isolated.ts'
import { HiddenFields } from '../pages/form-parts.tsx'
import { Layout } from '../pages/layout.tsx'
import type { FormPage, Page } from '../pages/page.ts'

interface LogoutPageProps {
  readonly page: FormPage
  /** Path the form posts to. */
  readonly action: string
  /** The application that requested the sign-out, if any. */
  readonly clientName?: string | undefined
  /** Hidden fields of the form besides the CSRF token. */
  readonly hidden?: Readonly<Record<string, string>> | undefined
}

export const LogoutPage: FC<LogoutPageProps> = ({ page, action, clientName, hidden = {} }) => {
  const { messages } = page
  return (
    <Layout page={page} title={messages.signOutTitle}>
      <div class="card">
        <h1>{messages.signOutTitle}</h1>
        <p class="lead">
          {clientName ? messages.signOutQuestionFrom(isolated(clientName)) : messages.signOutQuestion}
        </p>
        <form method="post" action={action}>
          <HiddenFields page={page} />
          {Object.entries(hidden).map(([name, value]) => (
            <input type="hidden" name={name} value={value} />
          ))}
          <div class="actions">
            <button type="submit">{messages.signOutAction}</button>
            <a class="button second" href="/account">
              {messages.staySignedIn}
            </a>
          </div>
        </form>
      </div>
    </Layout>
  )
}

export const SignedOutPage: FC<{ readonly page: Page }> = ({ page }) => {
  const { messages } = page
  return (
    <Layout page={page} title={messages.signedOutTitle}>
      <div class="card">
        <h1>{messages.signedOutTitle}</h1>
        <p class="lead" role="status">
          {messages.signedOutText}
        </p>
        <div class="actions">
          <a class="button second" href="/login">
            {messages.signInAgain}
          </a>
        </div>
      </div>
    </Layout>
  )
}
