import { useAuthly } from '@authly-server/react'
import { note } from '../activity.ts'
import { Section } from '../parts/section.tsx'

export function SignOut() {
  const { signOut } = useAuthly()
  const leave = (everywhere: boolean) => {
    note({
      kind: 'event',
      what: everywhere ? 'Asked the server to end the session' : 'Signed out of this application alone',
    })
    void signOut({ everywhere }).catch(() => undefined)
  }
  return (
    <Section
      id="sign-out"
      title="Sign out"
      lead="All tabs of this page forget you at once, and the refresh token is handed back. The question is what becomes of the session at the server."
    >
      <div className="choices">
        <div>
          <button type="button" onClick={() => leave(true)}>
            Sign out everywhere
          </button>
          <p>
            Ends the session of this browser: every application in it hears of it. The next sign-in asks who
            you are.
          </p>
        </div>
        <div>
          <button type="button" onClick={() => leave(false)}>
            Only here
          </button>
          <p>The session stays: another application keeps working, and signing in here again asks nothing.</p>
        </div>
      </div>
    </Section>
  )
}
