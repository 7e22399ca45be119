import { useAuthly } from '@authly-server/react'
import { type KeyboardEvent, type ReactNode, useRef, useState } from 'react'
import { audience, issuer } from '../authly.ts'
import { Claims } from '../parts/claims.tsx'
import { RawToken } from '../parts/raw-token.tsx'
import { Section } from '../parts/section.tsx'
import { useAccessToken } from '../use-access-token.ts'

const tabs = [
  ['id', 'ID token'],
  ['api', 'Access token: API'],
  ['own', 'Access token: userinfo'],
  ['refresh', 'Refresh token'],
] as const
type Tab = (typeof tabs)[number][0]

export function Tokens() {
  const [chosen, choose] = useState<Tab>('id')
  const buttons = useRef(new Map<Tab, HTMLButtonElement | null>())
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (step === undefined) return
    const index = tabs.findIndex(([id]) => id === chosen)
    const next = tabs[(index + step + tabs.length) % tabs.length]?.[0] ?? 'id'
    choose(next)
    buttons.current.get(next)?.focus()
  }
  const panels: Readonly<Record<Tab, ReactNode>> = {
    id: <IdToken />,
    api: <ApiToken />,
    own: <OwnToken />,
    refresh: <RefreshToken />,
  }
  return (
    <Section
      id="tokens"
      title="What the sign-in brought"
      lead="Four things, for four readers. Each knows no more than its reader needs."
    >
      <div className="tabs" role="tablist" aria-label="Tokens" onKeyDown={move}>
        {tabs.map(([id, title]) => (
          <button
            key={id}
            ref={(element) => void buttons.current.set(id, element)}
            type="button"
            role="tab"
            id={`tab-${id}`}
            aria-selected={id === chosen}
            aria-controls="token-panel"
            tabIndex={id === chosen ? 0 : -1}
            onClick={() => choose(id)}
          >
            {title}
          </button>
        ))}
      </div>
      <div className="panel" role="tabpanel" id="token-panel" aria-labelledby={`tab-${chosen}`}>
        {panels[chosen]}
      </div>
    </Section>
  )
}

function IdToken() {
  const { user } = useAuthly()
  return (
    <>
      <p>
        <strong>For this page.</strong> It says who signed in, when and how. No API takes it. Names and
        addresses are not in it: they are asked for at userinfo, where they are never out of date.
      </p>
      {user && <Claims claims={user} label="Claims of the ID token" />}
    </>
  )
}

function ApiToken() {
  const token = useAccessToken(audience)
  return (
    <>
      <p>
        <strong>For the demo API.</strong> It says what this page may do there on your behalf. This page only
        carries it: opening it, as here, is for explaining.
      </p>
      {token && <RawToken token={token} />}
      {token && <Claims claims={{ ...token.header, ...token.claims }} label="The access token for the API" />}
    </>
  )
}

function OwnToken() {
  const token = useAccessToken(issuer)
  return (
    <>
      <p>
        <strong>For the server itself</strong>, for userinfo. The same sign-in, another audience: the API
        cannot take its token there and read your address, and this one is of no use at the API.
      </p>
      {token && <RawToken token={token} />}
      {token && <Claims claims={{ ...token.header, ...token.claims }} label="The access token for Authly" />}
    </>
  )
}

function RefreshToken() {
  return (
    <>
      <p>
        <strong>For the token endpoint, and nobody else.</strong> It gets new access tokens for as long as the
        session lasts. It is not shown here, because this page cannot get at it:
      </p>
      <ul className="facts">
        <li>The SDK keeps it sealed in IndexedDB, under a key that no script can export.</li>
        <li>
          Each use replaces it. If an old one turns up, somebody has a copy, and everything it brought is
          revoked.
        </li>
        <li>
          It is bound to the DPoP key of this browser. That key signs every request, and cannot leave either:
          a copied token is a piece of text.
        </li>
        <li>
          It ends with the session, because this page did not ask for <code>offline_access</code>.
        </li>
      </ul>
    </>
  )
}
