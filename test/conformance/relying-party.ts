/** A relying party by hand, for tests that must send what no library would. */
import { createHash, randomBytes } from 'node:crypto'
import { issuer } from './authly.ts'
import type { SeededClient, SeededUser } from './seed.ts'
import { signIn } from './sign-in.ts'
import { createUserAgent, type Page, type UserAgent } from './user-agent.ts'
import { type Answer, basic, type FormFields, formBody, postForm } from './wire.ts'

export const authorizeEndpoint = `${issuer}/oauth/authorize`
export const tokenEndpoint = `${issuer}/oauth/token`
export const introspectionEndpoint = `${issuer}/oauth/introspect`
export const revocationEndpoint = `${issuer}/oauth/revoke`
export const userinfoEndpoint = `${issuer}/oidc/userinfo`
export const logoutEndpoint = `${issuer}/oidc/logout`

/** 43 characters: the shortest verifier RFC 7636 §4.1 allows. */
export const verifier = randomBytes(32).toString('base64url')
export const challenge = createHash('sha256').update(verifier).digest('base64url')

/** A correct authorization request, with parameters replaced, repeated (arrays) or left out (undefined). */
export function authorizeUrl(client: SeededClient, changes: FormFields = {}): string {
  const fields: FormFields = {
    client_id: client.client_id,
    redirect_uri: client.redirect_uri,
    response_type: 'code',
    scope: 'openid offline_access demo:read',
    state: 'state-1',
    nonce: 'nonce-1',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...changes,
  }
  return `${authorizeEndpoint}?${formBody(fields)}`
}

/** Sends an authorization request from a browser without a session (or the given one); nothing is followed. */
export const authorize = (client: SeededClient, changes: FormFields = {}, agent?: UserAgent): Promise<Page> =>
  (agent ?? createUserAgent()).request(authorizeUrl(client, changes))

/** A browser in which `user` is signed in. */
export async function signedInAgent(client: SeededClient, user: SeededUser): Promise<UserAgent> {
  const agent = createUserAgent()
  await signIn(agent, authorizeUrl(client), client.redirect_uri, { user })
  return agent
}

/** A fresh authorization code for the person signed in at `agent`. */
export async function getCode(
  agent: UserAgent,
  client: SeededClient,
  changes: FormFields = {},
): Promise<string> {
  const page = await authorize(client, changes, agent)
  const code = page.location?.searchParams.get('code')
  if (!code) throw new Error(`no code: ${page.status} ${page.location?.href ?? page.text}`)
  return code
}

/** Credentials of a client_secret_basic client. */
export const authorization = (client: SeededClient): { authorization: string } => ({
  authorization: basic(client.client_id, client.client_secret),
})

/** A token request authenticated by client_secret_basic. */
export const requestToken = (client: SeededClient, fields: FormFields): Promise<Answer> =>
  postForm(tokenEndpoint, fields, authorization(client))

/** A correct redemption, with parameters replaced or left out. */
export const redeem = (client: SeededClient, code: string, changes: FormFields = {}): Promise<Answer> =>
  requestToken(client, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: client.redirect_uri,
    code_verifier: verifier,
    ...changes,
  })

export const refresh = (client: SeededClient, token: string, changes: FormFields = {}): Promise<Answer> =>
  requestToken(client, { grant_type: 'refresh_token', refresh_token: token, ...changes })

export const introspect = (client: SeededClient, token: string): Promise<Answer> =>
  postForm(introspectionEndpoint, { token }, authorization(client))

export type Tokens = { access_token: string; refresh_token: string; id_token: string; scope: string }

/** Tokens of a fresh grant. */
export async function getTokens(
  agent: UserAgent,
  client: SeededClient,
  changes: FormFields = {},
): Promise<Tokens> {
  const answer = await redeem(client, await getCode(agent, client, changes))
  if (answer.status !== 200) throw new Error(`no tokens: ${answer.status} ${answer.text}`)
  return answer.json as Tokens
}
