import { useAuthly } from '@authly-server/react'
import { useEffect, useRef } from 'react'
import { note } from './activity.ts'
import { issuer } from './authly.ts'
import { ActivityList } from './parts/activity-list.tsx'
import { CallApi } from './sections/call-api.tsx'
import { EndedElsewhere } from './sections/ended-elsewhere.tsx'
import { Refresh } from './sections/refresh.tsx'
import { SignOut } from './sections/sign-out.tsx'
import { SignedOutPage } from './sections/signed-out-page.tsx'
import { Tokens } from './sections/tokens.tsx'
import { WhoYouAre } from './sections/who-you-are.tsx'

export function Demo() {
  const { status, reason } = useAuthly()
  useStatusNotes(status, reason)
  return (
    <>
      <header className="top">
        <a className="brand" href="/">
          <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
            <rect width="32" height="32" rx="8" />
            <path d="M16 7 8.5 25h3.6l1.6-4h4.6l1.6 4h3.6z" />
          </svg>
          Authly <span>demo</span>
        </a>
        <nav className="elsewhere" aria-label="Elsewhere">
          <a href={`${issuer}/guide/`}>Guide</a>
          <a href={`${issuer}/account`}>Your account</a>
        </nav>
      </header>
      <main className={status}>
        {status === 'loading' && <h1 className="loading">Looking for a session…</h1>}
        {status === 'signed_out' && <SignedOutPage />}
        {status === 'signed_in' && <Sections />}
        {status !== 'loading' && <ActivityList isQuiet={status === 'signed_out'} />}
      </main>
      <footer>
        This application is in <code>sdk/demo</code>: a page made with <code>@authly-server/react</code>, and
        an API protected with <code>@authly-server/api</code>.
      </footer>
    </>
  )
}

const places = [
  ['tokens', 'Tokens'],
  ['refresh', 'Refresh'],
  ['api', 'API'],
  ['sign-out', 'Sign out'],
  ['ended', 'Ended elsewhere'],
] as const

function Sections() {
  useEffect(() => {
    // Back from the server: the place was not there yet when the browser looked for it.
    document.getElementById(location.hash.slice(1))?.scrollIntoView()
  }, [])
  return (
    <div className="sections">
      <WhoYouAre />
      <nav className="places" aria-label="On this page">
        {places.map(([id, title]) => (
          <a key={id} href={`#${id}`}>
            {title}
          </a>
        ))}
      </nav>
      <Tokens />
      <Refresh />
      <CallApi />
      <SignOut />
      <EndedElsewhere />
    </div>
  )
}

/** Says in the list of what happened that the session began or ended. */
function useStatusNotes(status: string, reason: string | undefined): void {
  const before = useRef('loading')
  useEffect(() => {
    const was = before.current
    before.current = status
    if (was === status || was === 'loading') return
    if (status === 'signed_in') note({ kind: 'event', what: 'Signed in', tone: 'good' })
    if (status === 'signed_out')
      note({
        kind: 'event',
        what:
          reason === 'session_ended'
            ? 'The server says that the session is over: this page has forgotten its tokens'
            : 'Signed out: this page has forgotten its tokens',
      })
  }, [status, reason])
}
