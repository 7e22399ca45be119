/**
 * Fills an empty database: standard and administrative scopes, the server's own clients, the first administrator and,
 * for development, demo applications. One transaction under an advisory lock; a second run changes nothing. Signing
 * keys are created by the worker.
 */
import { createHash, randomBytes } from 'node:crypto'
import pg from 'pg'
import { permissions } from '../../src/access/permissions.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import { clientConfig } from '../database/database-address.ts'
import { addDemoPerson, type DemoPerson, demoApplicationId, keepDemoApplication } from './demo-application.ts'
import { type DemoClient, demoApiScopes, demoClients, demoResource, standardScopes } from './demo-clients.ts'
import { ensureFirstAdmin, type FirstAdmin } from './first-admin.ts'
import { type FirstPartyClient, firstPartyClients } from './first-party-clients.ts'

export type BootstrapOptions = {
  /** URL of the worker, for which the client of the documentation is created. */
  issuer?: string | undefined
  admin?: { username: string; email: string }
  demo?: {
    /** A database of the developer's own gets demo applications only while it is empty. */
    onlyWhenEmpty: boolean
    /** Demo clients whose secret is still known; the others get a new one. */
    knownSecrets: ReadonlySet<string>
    /** Where the demo application is served; without it, there is none, and nobody to sign in to it. */
    origin?: string
  }
  /** The one-time password is lost: issue a new one if it was never used. */
  replaceUnusedAdminPassword?: boolean
}

export type BootstrapResult = {
  admin: FirstAdmin | undefined
  /** Secrets created by this run, by client id. */
  newClientSecrets: Record<string, string>
  /** Created by this run, to sign in to the demo application. */
  newDemoPerson?: DemoPerson | undefined
  /** Whether the demo applications exist. */
  hasDemo: boolean
  /** Clients that were deleted: an id is assigned once, so they are not created again. */
  deletedClients: readonly string[]
}

const lockKey = '71963886546042'
const defaultAdmin = { username: 'admin', email: 'admin@authly.local' }

export async function bootstrapDatabase(
  databaseUrl: string,
  options: BootstrapOptions,
): Promise<BootstrapResult> {
  const client = new pg.Client(clientConfig(databaseUrl))
  client.on('error', () => undefined)
  await client.connect()
  try {
    await client.query('BEGIN')
    await client.query('SELECT pg_advisory_xact_lock($1)', [lockKey])
    const result = await fill(client, options)
    await client.query('COMMIT')
    return result
  } finally {
    await client.end()
  }
}

async function fill(client: pg.Client, options: BootstrapOptions): Promise<BootstrapResult> {
  const { rows } = await client.query<{ users: number; demos: number; others: number }>(
    `SELECT (SELECT count(*)::int FROM users) AS users,
            (SELECT count(*)::int FROM clients WHERE client_id = ANY ($1)) AS demos,
            (SELECT count(*)::int FROM clients WHERE client_id <> ALL ($1)) AS others`,
    [[...demoClients.map(({ client_id }) => client_id), demoApplicationId]],
  )
  const { users, demos, others } = rows[0] as { users: number; demos: number; others: number }
  const isForeign = options.demo?.onlyWhenEmpty === true && demos === 0 && (users > 0 || others > 0)
  if (isForeign) return { admin: undefined, newClientSecrets: {}, hasDemo: false, deletedClients: [] }

  await addScopes(client, { ...standardScopes, ...permissions }, null)
  const ownClients = firstPartyClients(options.issuer)
  const wanted = [...ownClients, ...(options.demo === undefined ? [] : demoClients)]
  const deletedClients = await findDeleted(client, [
    ...wanted.map(({ client_id }) => client_id),
    demoApplicationId,
  ])
  const isDeleted = ({ client_id }: { client_id: string }) => deletedClients.includes(client_id)
  for (const own of ownClients) if (!isDeleted(own)) await keepOwnClient(client, own)
  const admin = await ensureFirstAdmin(
    client,
    options.admin ?? defaultAdmin,
    options.replaceUnusedAdminPassword === true,
  )
  const newClientSecrets: Record<string, string> = {}
  let newDemoPerson: DemoPerson | undefined
  if (options.demo !== undefined) {
    await client.query(
      'INSERT INTO resource_servers (resource, name) VALUES ($1, $2) ON CONFLICT DO NOTHING',
      [demoResource.resource, demoResource.name],
    )
    await addScopes(client, demoApiScopes, demoResource.resource)
    for (const demo of demoClients) {
      if (isDeleted(demo)) continue
      await addClient(client, demo)
      if (demo.token_endpoint_auth_method === 'none' || options.demo.knownSecrets.has(demo.client_id))
        continue
      newClientSecrets[demo.client_id] = await addSecret(client, demo.client_id)
    }
    if (options.demo.origin !== undefined && !isDeleted({ client_id: demoApplicationId })) {
      await keepDemoApplication(client, options.demo.origin)
      newDemoPerson = await addDemoPerson(client)
    }
  }
  return { admin, newClientSecrets, newDemoPerson, hasDemo: options.demo !== undefined, deletedClients }
}

async function findDeleted(client: pg.Client, ids: readonly string[]): Promise<readonly string[]> {
  const { rows } = await client.query<{ client_id: string }>(
    `SELECT client_id FROM client_ids
     WHERE client_id = ANY ($1) AND client_id NOT IN (SELECT client_id FROM clients)`,
    [ids],
  )
  return rows.map(({ client_id }) => client_id)
}

async function addScopes(
  client: pg.Client,
  descriptions: Readonly<Record<string, string>>,
  resource: string | null,
): Promise<void> {
  await client.query(
    `INSERT INTO scopes (name, description, resource)
     SELECT name, description, $3 FROM unnest($1::text[], $2::text[]) AS wanted (name, description)
     ON CONFLICT DO NOTHING`,
    [Object.keys(descriptions), Object.values(descriptions), resource],
  )
}

/**
 * Creates the client, and updates what a newer release or another issuer changed; other settings of an administrator
 * stay.
 */
async function keepOwnClient(client: pg.Client, own: FirstPartyClient): Promise<void> {
  const columns = Object.keys(own)
  const places = columns.map((_, index) => `$${index + 1}`)
  await client.query(
    `INSERT INTO clients (${columns.join(', ')}) VALUES (${places.join(', ')})
     ON CONFLICT (client_id) DO UPDATE
       SET redirect_uris = excluded.redirect_uris, scopes = excluded.scopes,
           profile = coalesce(clients.profile, excluded.profile), version = clients.version + 1, updated_at = now()
       WHERE (clients.redirect_uris, clients.scopes) IS DISTINCT FROM (excluded.redirect_uris, excluded.scopes)
         OR clients.profile IS NULL`,
    Object.values(own),
  )
}

export async function addClient(client: pg.Client, demo: DemoClient): Promise<void> {
  const columns = Object.keys(demo)
  const places = columns.map((_, index) => `$${index + 1}`)
  await client.query(
    `INSERT INTO clients (${columns.join(', ')}) VALUES (${places.join(', ')}) ON CONFLICT DO NOTHING`,
    Object.values(demo),
  )
}

/** Only base64url(SHA-256) is stored: the secret has 256 random bits, so it needs no slow hash. */
export async function addSecret(client: pg.Client, clientId: string): Promise<string> {
  const secret = `authly_cs_${randomBytes(32).toString('base64url')}`
  const hash = createHash('sha256').update(secret).digest('base64url')
  await client.query('INSERT INTO client_secrets (id, client_id, secret_hash) VALUES ($1, $2, $3)', [
    uuidv7(),
    clientId,
    hash,
  ])
  return secret
}
