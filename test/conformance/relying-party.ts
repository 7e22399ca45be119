/** A relying party by hand, for tests that must send what no library would. */
import { createHash, randomBytes } from 'node:crypto'
import type { SeededClient, SeededUser } from './seed.ts'
import { signIn } from './sign-in.ts'
import { createUserAgent, type Page, type UserAgent } from './user-agent.ts'
import { type Answer, basic, type FormFields, formBody, postForm } from './wire.ts'

export type Tokens = { access_token: string; refresh_token: string; id_token: string; scope: string }

/** 43 characters: the shortest verifier RFC 7636 §4.1 allows. */
export const verifier = randomBytes(32).toString('base64url')
export const challengeOf = (text: string): string => createHash('sha256').update(text).digest('base64url')

/** Credentials of a client_secret_basic client. */
export const authorization = (client: SeededClient): { authorization: string } => ({
  authorization: basic(client.client_id, client.client_secret),
})

/** The authorization code in a redirect to an application. */
export const codeIn = (page: Page): string | undefined => page.location?.searchParams.get('code') ?? undefined

export type RelyingParty = ReturnType<typeof createRelyingParty>

/** Everything a relying party sends to one Authly. `changes` replace, repeat (arrays) or leave out (undefined). */
export function createRelyingParty(issuer: string) {
  const endpoints = {
    authorize: `${issuer}/oauth/authorize`,
    par: `${issuer}/oauth/par`,
    token: `${issuer}/oauth/token`,
    introspect: `${issuer}/oauth/introspect`,
    revoke: `${issuer}/oauth/revoke`,
    userinfo: `${issuer}/oidc/userinfo`,
    logout: `${issuer}/oidc/logout`,
  } as const

  /** The parameters of a correct authorization request. */
  const authorizeFields = (client: SeededClient) => ({
    client_id: client.client_id,
    redirect_uri: client.redirect_uri,
    response_type: 'code',
    scope: 'openid offline_access demo:read',
    state: 'state-1',
    nonce: 'nonce-1',
    code_challenge: challengeOf(verifier),
    code_challenge_method: 'S256',
  })

  /** A correct authorization request. */
  const authorizeUrl = (client: SeededClient, changes: FormFields = {}): string =>
    `${endpoints.authorize}?${formBody({ ...authorizeFields(client), ...changes })}`

  /** A correct pushed request (RFC 9126), authenticated by client_secret_basic. */
  const push = (client: SeededClient, changes: FormFields = {}): Promise<Answer> =>
    postForm(endpoints.par, { ...authorizeFields(client), ...changes }, authorization(client))

  /** Where the browser is sent with what was pushed. */
  const pushedUrl = async (client: SeededClient, changes: FormFields = {}): Promise<string> => {
    const answer = await push(client, changes)
    if (answer.status !== 201) throw new Error(`not pushed: ${answer.status} ${answer.text}`)
    const request_uri = answer.json?.['request_uri'] as string
    return `${endpoints.authorize}?${formBody({ client_id: client.client_id, request_uri })}`
  }

  /** Sends an authorization request, from a browser without a session unless one is given. Follows nothing. */
  const authorize = (client: SeededClient, changes: FormFields = {}, agent?: UserAgent): Promise<Page> =>
    (agent ?? createUserAgent()).request(authorizeUrl(client, changes))

  /** A browser in which `user` is signed in. */
  const signedInAgent = async (client: SeededClient, user: SeededUser): Promise<UserAgent> => {
    const agent = createUserAgent()
    await signIn(agent, authorizeUrl(client), client.redirect_uri, { user })
    return agent
  }

  /** A fresh authorization code for the person signed in at `agent`. */
  const getCode = async (
    agent: UserAgent,
    client: SeededClient,
    changes: FormFields = {},
  ): Promise<string> => {
    const page = await authorize(client, changes, agent)
    const code = page.location?.searchParams.get('code')
    if (!code) throw new Error(`no code: ${page.status} ${page.location?.href ?? page.text}`)
    return code
  }

  /** A token request authenticated by client_secret_basic. */
  const requestToken = (client: SeededClient, fields: FormFields): Promise<Answer> =>
    postForm(endpoints.token, fields, authorization(client))

  /** A correct redemption. */
  const redeem = (client: SeededClient, code: string, changes: FormFields = {}): Promise<Answer> =>
    requestToken(client, {
      grant_type: 'authorization_code',
      code,
      redirect_uri: client.redirect_uri,
      code_verifier: verifier,
      ...changes,
    })

  const refresh = (client: SeededClient, token: string, changes: FormFields = {}): Promise<Answer> =>
    requestToken(client, { grant_type: 'refresh_token', refresh_token: token, ...changes })

  const introspect = (client: SeededClient, token: string): Promise<Answer> =>
    postForm(endpoints.introspect, { token }, authorization(client))

  const revoke = (client: SeededClient, token: string): Promise<Answer> =>
    postForm(endpoints.revoke, { token }, authorization(client))

  /** Tokens of a fresh grant. */
  const getTokens = async (
    agent: UserAgent,
    client: SeededClient,
    changes: FormFields = {},
  ): Promise<Tokens> => {
    const answer = await redeem(client, await getCode(agent, client, changes))
    if (answer.status !== 200) throw new Error(`no tokens: ${answer.status} ${answer.text}`)
    return answer.json as Tokens
  }

  return {
    ...{ endpoints, authorizeFields, authorizeUrl, push, pushedUrl },
    ...{ authorize, signedInAgent, getCode, getTokens },
    ...{ requestToken, redeem, refresh, introspect, revoke },
  }
}
