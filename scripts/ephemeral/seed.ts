/**
 * What an ephemeral server holds when it is ready: bodies of the admin API, sent to it, so that what a deployment would
 * refuse is refused here.
 */

import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import pg from 'pg'
import { permissionNames } from '../../src/access/permissions.ts'
import { type SettingName, type StoredSettings, settingSchemas } from '../../src/settings/settings.ts'
import { addClient, addSecret } from '../bootstrap/bootstrap-database.ts'
import { OperatorError } from '../process/operator-error.ts'

type Body = Readonly<Record<string, unknown>>

export type SeedFile = {
  readonly resource_servers: readonly Body[]
  readonly scopes: readonly Body[]
  readonly clients: readonly Body[]
  /** As the admin API takes them; `password` is one that need not be changed. */
  readonly users: readonly Body[]
  readonly settings: StoredSettings
}

export type SeededUser = {
  readonly id: string
  readonly username?: string
  readonly email?: string
  readonly password?: string
}
export type SeededClient = {
  readonly client_id: string
  readonly client_secret?: string
  readonly redirect_uris: readonly string[]
}

const lists = ['resource_servers', 'scopes', 'clients', 'users'] as const

/** Two people, for who seeds none. */
const usualUsers = (): readonly Body[] =>
  ['Ada Lovelace', 'Grace Hopper'].map((name) => {
    const username = name.split(' ')[0]?.toLowerCase()
    return {
      ...{ username, email: `${username}@example.test`, email_verified: true, profile: { name } },
      password: randomBytes(12).toString('base64url'),
    }
  })

/** Throws OperatorError. @param path undefined: nothing but two people */
export async function readSeedFile(path: string | undefined): Promise<SeedFile> {
  const given = path === undefined ? {} : await readObject(path)
  const known = new Set<string>([...lists, 'settings'])
  const strange = Object.keys(given).find((name) => !known.has(name))
  if (strange !== undefined) throw fault(path, `has "${strange}"`, `It may have: ${[...known].join(', ')}.`)
  const listOf = (name: (typeof lists)[number]): readonly Body[] => {
    const list = given[name] ?? []
    if (!Array.isArray(list) || !list.every(isObject)) throw fault(path, `: ${name} is no list of objects`)
    return list as Body[]
  }
  return {
    resource_servers: listOf('resource_servers'),
    scopes: listOf('scopes'),
    clients: listOf('clients'),
    users: given['users'] === undefined ? usualUsers() : listOf('users'),
    settings: readSettings(path, given['settings'] ?? {}),
  }
}

function readSettings(path: string | undefined, given: unknown): StoredSettings {
  if (!isObject(given)) throw fault(path, ': settings is no object')
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(settingSchemas, name)) throw fault(path, `: there is no setting "${name}"`)
    const read = settingSchemas[name as SettingName].safeParse(value)
    if (!read.success) throw fault(path, `: the setting "${name}": ${read.error.issues[0]?.message}`)
  }
  return given as StoredSettings
}

async function readObject(path: string): Promise<Body> {
  let value: unknown
  try {
    value = JSON.parse(await readFile(path, 'utf8'))
  } catch (cause) {
    throw fault(path, `: ${cause instanceof Error ? cause.message : String(cause)}`)
  }
  if (!isObject(value)) throw fault(path, ' is no JSON object')
  return value
}

const isObject = (value: unknown): value is Body =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const fault = (path = '', what: string, remedy = 'docs/guide/testing.md shows what it may hold.') =>
  new OperatorError(`The seed file ${path} ${what}.`.replaceAll(/ +:/g, ':'), remedy)

/** A machine client with every permission: what makes the rest, and what tests administer the server with. */
export async function addAdminClient(
  ownerUrl: string,
): Promise<{ client_id: string; client_secret: string }> {
  const client = new pg.Client(ownerUrl)
  await client.connect()
  try {
    const client_id = 'ephemeral-admin'
    await addClient(client, {
      ...{ client_id, client_name: 'Administration of tests', application_type: 'web' },
      ...{ token_endpoint_auth_method: 'client_secret_basic', grant_types: ['client_credentials'] },
      ...{ response_types: [], redirect_uris: [], post_logout_redirect_uris: [] },
      ...{ scopes: [...permissionNames], resources: [] },
    })
    return { client_id, client_secret: await addSecret(client, client_id) }
  } finally {
    await client.end()
  }
}

/** Makes everything, in an order in which each finds what it names. Throws OperatorError with the server's own words. */
export async function seedServer(
  issuer: string,
  admin: { client_id: string; client_secret: string },
  seed: SeedFile,
): Promise<{ users: readonly SeededUser[]; clients: Readonly<Record<string, SeededClient>> }> {
  const token = await adminToken(issuer, admin)
  const create = async (path: string, body: Body): Promise<Record<string, unknown>> => {
    const response = await fetch(`${issuer}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const answer = (await response.json()) as Record<string, unknown>
    if (response.ok) return answer
    throw new OperatorError(
      `POST ${path} refused what the seed file has:\n  ${JSON.stringify(withoutPassword(body))}\n  ${JSON.stringify(answer)}`,
      'The answer says which member is wrong.',
    )
  }
  for (const body of seed.resource_servers) await create('/admin/resource-servers', body)
  for (const body of seed.scopes) await create('/admin/scopes', body)
  const clients: Record<string, SeededClient> = {}
  for (const body of seed.clients) {
    const {
      client_id,
      client_secret,
      redirect_uris = [],
    } = (await create('/admin/clients', body)) as SeededClient
    clients[client_id] = { client_id, ...(client_secret ? { client_secret } : {}), redirect_uris }
  }
  const users: SeededUser[] = []
  for (const { password, ...body } of seed.users) {
    const setup =
      password === undefined ? {} : { setup: { method: 'password', password, must_change: false } }
    const { id, username, email } = (await create('/admin/users', { ...body, ...setup })) as SeededUser
    users.push({
      id,
      ...(username && { username }),
      ...(email && { email }),
      ...(password ? { password: String(password) } : {}),
    })
  }
  return { users, clients }
}

const withoutPassword = ({ password: _, setup: __, ...body }: Body): Body => body

async function adminToken(
  issuer: string,
  { client_id, client_secret }: { client_id: string; client_secret: string },
) {
  const response = await fetch(`${issuer}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: permissionNames.join(' ') }),
  })
  const { access_token } = (await response.json()) as { access_token?: string }
  if (access_token === undefined) throw new Error(`no token for the seed: ${response.status}`)
  return access_token
}
