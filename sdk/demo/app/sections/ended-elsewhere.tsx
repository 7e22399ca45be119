import { useAuthly } from '@authly-server/react'
import { useState } from 'react'
import { audience, issuer } from '../authly.ts'
import { Command } from '../parts/command.tsx'
import { Section } from '../parts/section.tsx'

export function EndedElsewhere() {
  const { getAccessToken, user } = useAuthly()
  const [answer, setAnswer] = useState('')
  const ask = async () => {
    setAnswer('')
    await getAccessToken({ resource: audience, forceRefresh: true }).then(
      () => setAnswer('The session is alive: there is a new token.'),
      () => setAnswer('No new token.'),
    )
  }
  return (
    <Section
      id="ended"
      title="When somebody else ends it"
      lead="An administrator signs you out, or you do, on another device. Run this in the folder of Authly, as its administrator:"
    >
      <Command text={`npx authly login --issuer ${issuer}`} />
      <Command text={`npx authly users sessions delete-all ${user?.sub ?? ''}`} />
      <p>
        Nothing here changes at first: the API believes a token until it is over, a minute at most, without
        asking anybody. The next refresh is refused, and this page shows that you are signed out. An API that
        must know at once asks the server each time (introspection).
      </p>
      <div className="asking">
        <button type="button" onClick={() => void ask()}>
          Ask the server now
        </button>
        <span role="status">{answer}</span>
      </div>
    </Section>
  )
}
