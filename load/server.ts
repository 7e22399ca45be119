/**
 * What the load is put on: the production bundle on raw workerd with durable Postgres behind the gateway, full of
 * accounts, with people and administrators signed in through the hosted pages. Idle objects are evicted and rate limits
 * hold as deployed, but for the two whose subjects stand for a whole organisation here.
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { adminClient, adminNameOf, newRootSecret, seedAdmin } from '../bench/admin/seed-admin.ts'
import type { BenchDatabase } from '../bench/bench-database.ts'
import { startRawProcess } from '../bench/raw-process.ts'
import type { ProcessRoots } from '../bench/target.ts'
import { type AuditDelivery, watchAuditDelivery } from '../bench/targets/audit-delivery.ts'
import { getTokens, type TokenSet } from '../bench/targets/get-tokens.ts'
import { addApplications, apiScope } from '../bench/targets/seed-authly.ts'
import { findFreePort } from '../scripts/process/free-port.ts'
import { spawnGuarded } from '../scripts/process/guarded-child.ts'
import { waitUntilServing } from '../scripts/process/wait-until.ts'
import type { WorkerBundle } from '../scripts/stack/worker-bundle.ts'
import { permissionNames } from '../src/access/permissions.ts'
import type { LoadSize } from './sizes.ts'

export interface LoadServer {
  readonly port: number
  readonly issuer: string
  readonly roots: ProcessRoots
  readonly delivery: AuditDelivery
  readonly administrators: readonly TokenSet[]
  readonly people: readonly TokenSet[]
  /** Of accounts that nobody has signed in to. */
  readonly usernames: readonly string[]
  stop(): Promise<void>
}

/** Clients: a service, a web application of the operator, and a stranger's, which needs consent. */
export const clientIds = { service: 'machine', own: 'web', foreign: 'app', admin: adminClient } as const
export const webScope = `openid profile offline_access ${apiScope}`

const codeFlow = ['authorization_code', 'refresh_token']
const wide = { capacity: 1_000_000_000, per_seconds: 1 }

/** Fills `database`, which must be empty, and starts the worker. */
export async function startLoadServer(
  bundle: WorkerBundle,
  database: BenchDatabase,
  folder: string,
  size: LoadSize,
): Promise<LoadServer> {
  const usernames = await seed(database, size)
  const [port, gatewayPort] = [await findFreePort(), await findFreePort()]
  const [base, issuer] = [`http://127.0.0.1:${port}`, `http://localhost:${port}`]
  const objectsFolder = join(folder, 'objects')
  rmSync(objectsFolder, { recursive: true, force: true })
  const gatewayScript = fileURLToPath(new URL('../bench/gateway-server.ts', import.meta.url))
  const gateway = await spawnGuarded(process.execPath, [gatewayScript], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { PATH: process.env['PATH'], DATABASE_URL: database.url, PORT: String(gatewayPort) },
  })
  const worker = await startRawProcess({
    ...{ bundle, objectsFolder, port, keepsObjects: false },
    vars: {
      ...{ DATABASE_URL: database.workerUrl, DATABASE_GATEWAY_URL: `http://127.0.0.1:${gatewayPort}` },
      ...{ AUTHLY_ISSUER: issuer, AUTHLY_ROOT_SECRET: newRootSecret() },
      AUTHLY_CLIENT_ADDRESS: 'cloudflare',
      AUTHLY_RATE_LIMITS: JSON.stringify({ 'token-client': wide, 'admin-actor': wide }),
      // Longer than the soak.
      AUTHLY_ACCESS_TOKEN_TTL_SECONDS: '14400',
    },
  })
  const delivery = watchAuditDelivery(database.url)
  const stop = async () => {
    await delivery.close()
    await worker.stop()
    await gateway.stop()
  }
  const signIn = (clientId: string, scope: string, name: string) =>
    getTokens({ base, issuer, clientId, scope, name })
  try {
    await waitUntilServing(`${base}/.well-known/jwks.json`, worker.exited)
    const administrators: TokenSet[] = []
    const people: TokenSet[] = []
    for (let index = 0; index < size.administrators; index += 1) {
      const scope = ['openid', ...permissionNames].join(' ')
      administrators.push(await signIn(clientIds.admin, scope, adminNameOf(index)))
    }
    for (const name of usernames.slice(0, size.people)) {
      people.push(await signIn(clientIds.own, webScope, name))
    }
    return {
      ...{ port, issuer, delivery, administrators, people, stop },
      usernames: usernames.slice(size.people),
      roots: {
        server: [worker.process.pid as number],
        database: [database.postmasterPid],
        gateway: [gateway.process.pid as number],
      },
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** @returns usernames of people who can sign in, in an order without meaning */
async function seed(database: BenchDatabase, size: LoadSize): Promise<string[]> {
  await seedAdmin(database, (text) => console.log(`seeding: ${text}`), {
    ...{ users: size.accounts, events: size.events, admins: size.administrators },
  })
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  try {
    await addApplications(client, [
      { id: clientIds.service, grants: ['client_credentials'], idTokenAlg: 'ES256' },
      { id: clientIds.own, grants: codeFlow, idTokenAlg: 'ES256', scopes: ['profile'] },
      {
        id: clientIds.foreign,
        grants: codeFlow,
        idTokenAlg: 'RS256',
        scopes: ['profile'],
        asksConsent: true,
      },
    ])
    const { rows } = await client.query<{ username: string }>(
      `SELECT username FROM users JOIN password_credentials ON user_id = id
       WHERE status = 'active' AND roles = '{}' AND NOT must_change ORDER BY md5(id::text) LIMIT 2000`,
    )
    return rows.map(({ username }) => username)
  } finally {
    await client.end()
  }
}
