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

interface SignedOutPageProps {
  readonly page: Page
  /** Addresses of clients that end their sessions in this browser (Front-Channel Logout 1.0). */
  readonly frames?: readonly string[] | undefined
  /** Where to go when they have. */
  readonly goOnTo?: string | undefined
}

/** Clients that take longer are not waited for. */
const longestWaitSeconds = 5

/** Without the script it goes on after a while; with it, as soon as all have answered. */
export const SignedOutPage: FC<SignedOutPageProps> = ({ page, frames = [], goOnTo }) => {
  const { messages } = page
  const refresh =
    goOnTo === undefined ? undefined : (
      <meta http-equiv="refresh" content={`${longestWaitSeconds}; url=${goOnTo}`} />
    )
  return (
    <Layout page={page} title={messages.signedOutTitle} head={refresh}>
      <div class="card">
        <h1>{messages.signedOutTitle}</h1>
        <p class="lead" role="status">
          {goOnTo === undefined ? messages.signedOutText : messages.signedOutGoingOn}
        </p>
        <div class="actions">
          {goOnTo === undefined ? (
            <a class="button second" href="/login">
              {messages.signInAgain}
            </a>
          ) : (
            <a class="button second" href={goOnTo} data-go-on>
              {messages.continueAction}
            </a>
          )}
        </div>
      </div>
      {frames.map((frame) => (
        // Attack: the page in the frame leads the whole window elsewhere; the sandbox does not let it.
        <iframe
          src={frame}
          title={messages.signedOutFrame}
          sandbox="allow-scripts allow-same-origin"
          referrerpolicy="no-referrer"
          hidden
        />
      ))}
    </Layout>
  )
}
