/** Clients that are told of sign-outs: registered, signed in to, and what they have heard. */
import { env, runDurableObjectAlarm, runInDurableObject, SELF } from 'cloudflare:test'
import { createLocalJWKSet, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose'
import { expect } from 'vitest'
import { clients } from '../../src/db/schema.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import { testDatabase } from '../fakes/database.ts'
import type { PartyBehaviour, SeenRequest } from '../fakes/relying-parties.ts'
import { type Browser, issuer } from '../login/browser.ts'
import { authorizePath } from '../login/people.ts'
import { stubOf } from '../sessions/object-subject.ts'
import { setBindings, wrappedIn } from '../worker/wrapped-object.ts'

const { TEST_RELYING_PARTIES_URL: standIn } = env as unknown as { TEST_RELYING_PARTIES_URL: string }
/** Of `authorizePath` (RFC 7636 appendix B). */
const code_verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'

export interface Tokens {
  readonly access_token: string
  readonly id_token: string
  readonly refresh_token?: string
}

type Columns = Partial<typeof clients.$inferInsert>

/** A first-party public client, which needs no consent. */
export async function openRelyingParty(changed: Columns = {}) {
  const name = `rp-${uuidv7().slice(-12)}`
  const client_id = changed.client_id ?? name
  await testDatabase()
    .insert(clients)
    .values({
      ...{ client_id, client_name: 'Shop', token_endpoint_auth_method: 'none', first_party: true },
      ...{ redirect_uris: ['https://app.test/cb'], grant_types: ['authorization_code', 'refresh_token'] },
      ...{ post_logout_redirect_uris: ['https://app.test/bye'] },
      scopes: ['openid', 'email', 'offline_access'],
      backchannel_logout_uri: `${standIn}/${name}/backchannel`,
      ...changed,
    })
  const outbox = () => env.LOGOUT_OUTBOX.getByName(client_id)
  return {
    client_id,
    outbox,
    /** Lets its outbox call loopback addresses; an eviction forgets it. */
    allowLoopback: (): Promise<void> =>
      setBindings(outbox(), { ...env, AUTHLY_ALLOW_LOOPBACK_FETCH: 'true' } as Env),
    /** Whether its outbox takes logouts. */
    setTaking: (isTaking: boolean): Promise<void> =>
      runInDurableObject(outbox(), (instance) => {
        const wrapped = wrappedIn<{ enqueue?: () => Promise<void> }>(instance)
        if (isTaking) delete wrapped.enqueue
        else wrapped.enqueue = () => Promise.reject(new Error('takes nothing'))
      }),
    set: async (behaviour: PartyBehaviour) => {
      await fetch(`${standIn}/set/${name}/${behaviour}`, { method: 'POST', body: '' })
    },
    seen: async () => (await (await fetch(`${standIn}/seen/${name}`)).json()) as SeenRequest[],
    /** Signs the browser in to it, and redeems the code. */
    async tokens(browser: Browser, scope = 'openid email'): Promise<Tokens> {
      const answer = await browser.get(authorizePath(client_id, { scope }))
      const code = new URL(answer.location ?? '', issuer).searchParams.get('code')
      expect(code, answer.location).not.toBeNull()
      const response = await token({ grant_type: 'authorization_code', code: code as string, client_id })
      expect(response.status).toBe(200)
      return (await response.json()) as Tokens
    },
    refresh: (refresh_token: string) => token({ grant_type: 'refresh_token', refresh_token, client_id }),
  }
}

export type RelyingParty = Awaited<ReturnType<typeof openRelyingParty>>

const token = (fields: Record<string, string>) =>
  SELF.fetch(`${issuer}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({ redirect_uri: 'https://app.test/cb', code_verifier, ...fields }),
  })

/** Verifies a logout token as a client must (§2.6). */
export async function verifyLogoutToken(request: SeenRequest, clientId: string): Promise<JWTPayload> {
  expect(request.method).toBe('POST')
  expect(request.headers['content-type']).toBe('application/x-www-form-urlencoded')
  const form = new URLSearchParams(request.body)
  expect([...form.keys()]).toEqual(['logout_token'])
  const keys = (await (await SELF.fetch(`${issuer}/.well-known/jwks.json`)).json()) as JSONWebKeySet
  const { payload } = await jwtVerify(form.get('logout_token') as string, createLocalJWKSet(keys), {
    ...{ issuer, audience: clientId, typ: 'logout+jwt', requiredClaims: ['iat', 'exp', 'jti', 'sid', 'sub'] },
    currentDate: new Date(Date.now()),
  })
  expect(payload['events']).toEqual({ 'http://schemas.openid.net/event/backchannel-logout': {} })
  expect(payload).not.toHaveProperty('nonce')
  expect((payload.exp as number) - (payload.iat as number)).toBeLessThanOrEqual(120)
  return payload
}

/** Rings the person's object, then the outboxes of clients. */
export async function tellClients(userId: string, parties: readonly RelyingParty[]): Promise<void> {
  await runDurableObjectAlarm(stubOf(userId))
  for (const { outbox } of parties) await runDurableObjectAlarm(outbox())
}
