import { useAuthly } from '@authly-server/react'
import { note } from '../activity.ts'

const steps = [
  ['Sign in', 'on the server’s own page. The password never comes near this one.'],
  ['Read the tokens', 'claim by claim: what is in which, and why.'],
  ['Watch them renew', 'every minute, by one tab for all, without anybody noticing.'],
  ['Call an API', 'that wants a permission you have not given yet, a fresh sign-in, or a second factor.'],
  ['Sign out everywhere', 'or have an administrator end the session, and see the page notice.'],
] as const

export function SignedOutPage() {
  const { error, reason, signIn } = useAuthly()
  const begin = () => {
    note({ kind: 'event', what: 'Left for the sign-in page of the server' })
    // What goes wrong is in the state.
    signIn().catch(() => undefined)
  }
  return (
    <div className="welcome">
      {reason === 'session_ended' && (
        <p className="notice" role="status">
          <strong>Your session has ended.</strong> Somebody ended it at the server: an administrator, or you
          on another device. The next refresh was refused, and this page has forgotten everything.
        </p>
      )}
      {reason === 'signed_out' && (
        <p className="notice good" role="status">
          <strong>You are signed out.</strong> In every tab of this page, at once.
        </p>
      )}
      {error && (
        <p className="notice bad" role="alert">
          <strong>The sign-in did not work.</strong> {errorWords[error.code] ?? error.message}
        </p>
      )}
      <h1>Sign-in, from the inside</h1>
      <p className="lead">
        A small single-page application, as you would write it. It shows what usually stays hidden: the
        tokens, the requests, and what happens when something ends.
      </p>
      <button type="button" className="primary" onClick={begin}>
        Sign in
      </button>
      <p className="hint">
        As <code>ada</code>. Her password is in <code>.authly/dev.json</code> (<code>demo_person</code>).
      </p>
      <ol className="steps">
        {steps.map(([title, text]) => (
          <li key={title}>
            <strong>{title}</strong> {text}
          </li>
        ))}
      </ol>
    </div>
  )
}

const errorWords: Readonly<Record<string, string>> = {
  state_mismatch:
    'The answer was not for a sign-in that began in this tab, so it was thrown away unread. That is what keeps a stranger’s link from signing you in to a stranger’s account.',
  access_denied: 'You, or the server, said no.',
  network_error: 'The server cannot be reached. Is npm start running?',
}
