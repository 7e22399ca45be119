import { useAuthly } from '@authly-server/react'
import { useEffect, useState } from 'react'
import { issuer } from '../authly.ts'
import type { Claims } from '../read-token.ts'

/** Userinfo, asked for with a token for the server itself. */
export function WhoYouAre() {
  const { fetch, user } = useAuthly()
  const [info, setInfo] = useState<Claims>()
  useEffect(() => {
    let isThere = true
    fetch(`${issuer}/oidc/userinfo`)
      .then((response) => response.json())
      .then(
        (claims: Claims) => isThere && setInfo(claims),
        () => undefined,
      )
    return () => {
      isThere = false
    }
  }, [fetch])
  const name = String(info?.['name'] ?? info?.['preferred_username'] ?? '')
  const initials = name
    .split(/\s+/)
    .map((word) => word.charAt(0))
    .slice(0, 2)
    .join('')
    .toUpperCase()
  return (
    <section className="card person" aria-labelledby="who-title">
      <div className="portrait" aria-hidden="true">
        {initials}
      </div>
      <div>
        <h1 id="who-title">{name === '' ? 'Signed in' : `Hello, ${name}`}</h1>
        <p>
          {info?.['email'] ? <span>{String(info['email'])}</span> : null}
          <code title="The subject: who you are, for good">{user?.sub}</code>
        </p>
      </div>
    </section>
  )
}
