/** What a deployment sees all day: people, applications, administrators, and those who should not be there. */
import { setTimeout as sleep } from 'node:timers/promises'
import { generateKeyPair, SignJWT } from 'jose'
import { permissionNames } from '../../src/access/permissions.ts'
import { clientKeyId, publicJwks, serveJwks } from '../conformance/client-keys.ts'
import { authorization, createRelyingParty } from '../conformance/relying-party.ts'
import type { Seed, SeededClient } from '../conformance/seed.ts'
import { signIn } from '../conformance/sign-in.ts'
import { createUserAgent } from '../conformance/user-agent.ts'
import { postForm, send } from '../conformance/wire.ts'
import { cronPath } from './worker-variants.ts'

export interface Traffic {
  /** The first error of each kind of request that should have succeeded. */
  failures(): readonly string[]
  stop(): Promise<void>
}

/** Seconds between two of the same kind; a cron trigger fires every five minutes of scaled time. */
const intervals = {
  serviceToken: 0.3,
  introspection: 2,
  admin: 1,
  codeFlow: 4,
  assertion: 10,
  mistakes: 3,
  limited: 15,
  cron: 10,
  job: 15,
  invitation: 3,
} as const

type Kind = keyof typeof intervals

/** Begins to send. One request of a kind at a time, so that a slow server is not overrun. */
export async function startTraffic(issuer: string, seed: Seed): Promise<Traffic> {
  const acts = await createActs(issuer, seed)
  let stopped = false
  const failures = new Map<Kind, string>()
  const loop = async (kind: Kind): Promise<void> => {
    while (!stopped) {
      try {
        await acts.run[kind]()
      } catch (error) {
        if (!failures.has(kind)) failures.set(kind, error instanceof Error ? error.message : String(error))
      }
      await sleep(intervals[kind] * 1000)
    }
  }
  const loops = (Object.keys(intervals) as Kind[]).map(loop)
  return {
    failures: () => [...failures].map(([kind, message]) => `${kind}: ${message}`),
    async stop() {
      stopped = true
      await Promise.all(loops)
      await acts.close()
    },
  }
}

async function createActs(issuer: string, seed: Seed) {
  const rp = createRelyingParty(issuer)
  const service = await seed.addClient({ grant_types: ['client_credentials'] })
  const web = await seed.addClient({ first_party: false })
  const admin = await seed.addClient({ grant_types: ['client_credentials'], scopes: [...permissionNames] })
  const signed = await createSignedClient(issuer, seed)
  const token = async (client: SeededClient) =>
    String(
      expectStatus(await rp.requestToken(client, { grant_type: 'client_credentials' }), 200).json?.[
        'access_token'
      ],
    )
  const call = async (path: string, init: RequestInit = {}) =>
    send(`${issuer}${path}`, {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${await token(admin)}` },
    })

  const wrongSecret = (address: string) => ({
    'cf-connecting-ip': address,
    ...authorization({ ...service, client_secret: 'wrong' }),
  })

  const run: Readonly<Record<Kind, () => Promise<unknown>>> = {
    serviceToken: () => token(service),
    introspection: async () => expectStatus(await rp.introspect(service, await token(service)), 200),
    admin: async () => {
      expectStatus(await call('/admin/users?limit=5'), 200)
      expectStatus(await call('/admin/clients?limit=5'), 200)
    },
    codeFlow: async () => {
      const user = await seed.addUser()
      const agent = await rp.signedInAgent(web, user)
      const tokens = await rp.getTokens(agent, web)
      expectStatus(await rp.refresh(web, tokens.refresh_token), 200)
      expectStatus(await send(rp.endpoints.userinfo, bearer(tokens.access_token)), 200)
      expectStatus(await agent.open(`${issuer}/account`), 200)
    },
    assertion: async () => expectStatus(await signed.requestToken(), 200),
    mistakes: async () => {
      await mistypePassword(rp, web, seed)
      await postForm(rp.endpoints.token, { grant_type: 'client_credentials' }, wrongSecret('203.0.113.8'))
      await rp.redeem(web, 'not-a-code')
      await send(`${issuer}/admin/users`)
      await send(`${issuer}/wp-login.php`)
    },
    // More than the limit allows of one address (see `vars` of the stack).
    limited: async () => {
      const from = wrongSecret('203.0.113.7')
      for (let count = 0; count < 8; count++) {
        await postForm(rp.endpoints.token, { grant_type: 'client_credentials' }, from)
      }
    },
    cron: async () => expectStatus(await send(`${issuer}${cronPath}`), 200),
    job: async () => {
      const rows = [`bulk-${Date.now()}@example.test`, 'not an address'].join('\n')
      const init = { method: 'POST', headers: { 'content-type': 'text/csv' }, body: `email\n${rows}\n` }
      expectStatus(await call('/admin/users/import', init), 202)
    },
    invitation: async () => {
      const invited = {
        email: `${crypto.randomUUID()}@example.test`,
        setup: { method: 'invitation', send: true },
      }
      const headers = { 'content-type': 'application/json' }
      expectStatus(
        await call('/admin/users', { method: 'POST', headers, body: JSON.stringify(invited) }),
        201,
      )
    },
  }
  return { run, close: signed.close }
}

const bearer = (token: string): RequestInit => ({ headers: { authorization: `Bearer ${token}` } })

function expectStatus<Answer extends { status: number; text: string }>(
  answer: Answer,
  status: number,
): Answer {
  if (answer.status !== status)
    throw new Error(`${answer.status} instead of ${status}: ${answer.text.slice(0, 300)}`)
  return answer
}

async function mistypePassword(rp: ReturnType<typeof createRelyingParty>, web: SeededClient, seed: Seed) {
  const user = await seed.addUser()
  const agent = createUserAgent()
  await signIn(agent, rp.authorizeUrl(web), web.redirect_uri, {
    user: { ...user, password: 'not the password' },
  }).catch(() => undefined) // The page that says so.
}

/** A client whose keys the server fetches from its `jwks_uri`: a new one each time, so that nothing is remembered. */
async function createSignedClient(issuer: string, seed: Seed) {
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  const keys = await publicJwks(publicKey, 'ES256')
  const server = await serveJwks(() => keys)
  const requestToken = async () => {
    const { client_id } = await seed.addClient({
      ...{ token_endpoint_auth_method: 'private_key_jwt', grant_types: ['client_credentials'] },
      ...{ jwks_uri: `${server.url}?${crypto.randomUUID()}`, token_endpoint_auth_signing_alg: 'ES256' },
    })
    const assertion = await new SignJWT({ jti: crypto.randomUUID() })
      .setProtectedHeader({ alg: 'ES256', kid: clientKeyId })
      .setIssuer(client_id)
      .setSubject(client_id)
      .setAudience(issuer)
      .setIssuedAt()
      .setExpirationTime('1m')
      .sign(privateKey)
    return postForm(`${issuer}/oauth/token`, {
      ...{ grant_type: 'client_credentials', client_id, client_assertion: assertion },
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    })
  }
  return { requestToken, close: server.close }
}
