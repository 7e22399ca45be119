import { useAuthly } from '@authly-server/react'
import { useState } from 'react'
import { audience } from '../authly.ts'
import { Section } from '../parts/section.tsx'
import { useAccessToken } from '../use-access-token.ts'
import { useClock } from '../use-clock.ts'

export function Refresh() {
  const { getAccessToken } = useAuthly()
  const token = useAccessToken(audience, 'the API')
  const now = useClock()
  const [isBusy, setBusy] = useState(false)
  const [iat, exp] = [Number(token?.claims['iat'] ?? 0), Number(token?.claims['exp'] ?? 0)]
  const left = Math.max(0, Math.round(exp - now / 1000))
  const refresh = async () => {
    setBusy(true)
    // A session that is over is in the state; a network that is away is in the list.
    await getAccessToken({ resource: audience, forceRefresh: true }).catch(() => undefined)
    setBusy(false)
  }
  return (
    <Section
      id="refresh"
      title="Watch it renew"
      lead="Access tokens of this demo live for a minute. Before one is over, one tab gets the next for all of them. Open a second tab: there is still one request."
    >
      {token && (
        <>
          <div className="countdown">
            <div>
              <output aria-label="Seconds left">{left}</output> s left
            </div>
            <progress
              max={Math.max(1, exp - iat)}
              value={left}
              aria-label="What is left of the access token"
            />
          </div>
          <p className="quiet-text">
            Present token <code>{String(token.claims['jti']).slice(-12)}</code>
          </p>
        </>
      )}
      <button type="button" className="after" disabled={isBusy} onClick={() => void refresh()}>
        Refresh now
      </button>
    </Section>
  )
}
