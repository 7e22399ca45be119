/** One person's tokens, got as an application gets them: through the hosted pages and with the code they lead to. */
import { signInThroughForm } from './hosted-login.ts'
import { authorizeQuery, formPost, verifier } from './requests.ts'
import { authlyPassword, authlyRedirectUri, authlySecret } from './seed-authly.ts'

export interface TokenSet {
  readonly access_token: string
  /** Only with the scope `offline_access`. */
  readonly refresh_token?: string
  /** What was granted. */
  readonly scope: string
}

export interface TokenWish {
  /** URL that the worker listens on. */
  readonly base: string
  readonly issuer: string
  /** Of a client that needs no consent. */
  readonly clientId: string
  readonly scope: string
  readonly name: string
}

/** @throws when anything on the way is refused */
export async function getTokens({ base, issuer, clientId, scope, name }: TokenWish): Promise<TokenSet> {
  const path = `/oauth/authorize?${authorizeQuery(clientId, authlyRedirectUri, scope)}`
  const cookie = await signInThroughForm(base, issuer, path, name, authlyPassword)
  const authorized = await fetch(base + path, { headers: { cookie }, redirect: 'manual' })
  const location = authorized.headers.get('location') ?? ''
  const code = URL.parse(location, issuer)?.searchParams.get('code')
  if (code == null) throw new Error(`${name}: no code: ${authorized.status} ${location}`)
  const { method, headers, body } = formPost('/oauth/token', {
    ...{ grant_type: 'authorization_code', client_id: clientId, client_secret: authlySecret },
    ...{ code, code_verifier: verifier, redirect_uri: authlyRedirectUri },
  })
  const answer = await fetch(`${base}/oauth/token`, { method, headers, body: body ?? '' })
  if (!answer.ok) throw new Error(`${name}: no tokens: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as TokenSet
}
