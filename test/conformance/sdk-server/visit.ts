/** A person at an application: what they do in a browser, and what they see. */
import { randomBytes } from 'node:crypto'
import { addClient, addUser, database, issuer, rp } from '../authly.ts'
import { type ClientColumns, type SeededUser, userScopes } from '../seed.ts'
import { signIn } from '../sign-in.ts'
import { createUserAgent, type Page, type UserAgent } from '../user-agent.ts'
import type { Printed } from './applications.ts'
import type { Served } from './serve.ts'

export type Visit = {
  readonly origin: string
  readonly agent: UserAgent
  readonly user: SeededUser
  readonly printed: Printed
  open(path: string): Promise<Page>
  /** Opens a page that needs a sign-in, signs in, and comes back to it. */
  enter(path: string): Promise<Page>
  /** What a form of the application sends. */
  post(path: string, headers?: Readonly<Record<string, string>>): Promise<Page>
}

export const sessionSecret = randomBytes(32).toString('base64url')

/** Starts an application of its own, registered as `authly clients create --preset web` does it. */
export async function visit(
  start: (printed: Printed) => Promise<Served>,
  running: Served[],
  columns: ClientColumns = {},
): Promise<Visit> {
  const client = await addClient({ scopes: userScopes, ...columns })
  const printed = {
    ...{ issuer, sessionSecret },
    ...{ clientId: client.client_id, clientSecret: client.client_secret },
  }
  const served = await start(printed)
  running.push(served)
  const { origin } = served
  const logout = columns.backchannel_logout_uri ?? null
  await database.query(
    `UPDATE clients SET redirect_uris = $2, post_logout_redirect_uris = $3, backchannel_logout_uri = $4
     WHERE client_id = $1`,
    [client.client_id, [`${origin}/auth/callback`], [`${origin}/`], logout && origin + logout],
  )
  return { ...arrive(origin, await addUser({ profile: { name: 'Grace Hopper' } })), printed }
}

/** A browser of its own at an application that runs. */
export function arrive(origin: string, user: SeededUser): Omit<Visit, 'printed'> {
  const agent = createUserAgent()
  return {
    ...{ origin, agent, user },
    open: (path) => agent.request(origin + path),
    enter: async (path) =>
      agent.open(await signIn(agent, origin + path, `${origin}/auth/callback`, { user })),
    post: (path, headers = { origin }) =>
      agent.request(origin + path, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      }),
  }
}

/** The person signs out at another application, which ends the session at Authly. */
export async function signOutElsewhere(agent: UserAgent): Promise<void> {
  const { id_token } = await rp.getTokens(agent, await addClient(), { scope: 'openid' })
  await agent.open(`${issuer}/oidc/logout?id_token_hint=${id_token}`)
}

/** Tokens of a client with this lifetime have ended afterwards. */
export const shortLived = { access_token_ttl_seconds: 1 } as const satisfies ClientColumns
export const untilTokensEnd = () => new Promise((resolve) => setTimeout(resolve, 1_100))
