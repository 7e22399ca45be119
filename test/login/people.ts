/** People and applications for worker tests, straight into Postgres. */
import { permissionNames } from '../../src/access/permissions.ts'
import { clients, passwordCredentials, users } from '../../src/db/schema.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import { argon2Hasher } from '../../src/passwords/argon2.ts'
import { testDatabase } from '../fakes/database.ts'

export const goodPassword = 'purple-kettle-orbit'

export interface Person {
  readonly id: string
  readonly username: string
  readonly email: string
}

interface PersonOptions {
  readonly password?: string | undefined
  readonly mustChange?: boolean
  readonly status?: 'active' | 'disabled'
}

export async function addPerson(options: PersonOptions = {}): Promise<Person> {
  const id = uuidv7()
  const username = `p-${id.slice(-12)}`
  const email = `${username}@example.test`
  const database = testDatabase()
  await database.insert(users).values({ id, username, email, status: options.status ?? 'active' })
  const hash = await argon2Hasher.hash(options.password ?? goodPassword)
  const must_change = options.mustChange ?? false
  await database.insert(passwordCredentials).values({ user_id: id, hash, must_change })
  return { id, username, email }
}

/** A third-party public application: it needs consent. */
export async function addApplication(client_name = 'Demo Shop'): Promise<string> {
  const client_id = `app-${uuidv7().slice(-12)}`
  await testDatabase()
    .insert(clients)
    .values({
      client_id,
      client_name,
      token_endpoint_auth_method: 'none',
      redirect_uris: ['https://app.test/cb'],
      grant_types: ['authorization_code'],
      scopes: ['openid', 'profile', 'email'],
    })
  return client_id
}

/** A first-party public application that may ask for everything in the admin API. */
export async function addConsole(): Promise<string> {
  const client_id = `console-${uuidv7().slice(-12)}`
  await testDatabase()
    .insert(clients)
    .values({
      ...{ client_id, client_name: 'Console', token_endpoint_auth_method: 'none', first_party: true },
      ...{ redirect_uris: ['https://app.test/cb'], grant_types: ['authorization_code'] },
      scopes: ['openid', ...permissionNames],
    })
  return client_id
}

/** An authorization request of that application, as a path. */
export function authorizePath(client_id: string, more: Record<string, string> = {}): string {
  const parameters = new URLSearchParams({
    client_id,
    redirect_uri: 'https://app.test/cb',
    response_type: 'code',
    scope: 'openid email',
    state: 's1',
    nonce: 'n1',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
    ...more,
  })
  return `/oauth/authorize?${parameters}`
}
