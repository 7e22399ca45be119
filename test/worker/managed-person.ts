/** People whom admin operations act on, and what the world looks like to them. */
import { sql } from 'drizzle-orm'
import { users } from '../../src/db/schema.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import { testDatabase } from '../fakes/database.ts'
import { addAdmin, callAdmin, type TestActor, testDependencies } from './admin-client.ts'

/** Someone with an e-mail address and no credentials. */
export async function addManaged(overrides: Partial<typeof users.$inferInsert> = {}) {
  const id = uuidv7()
  const email = `${id}@people.test`
  await testDatabase()
    .insert(users)
    .values({ id, email, ...overrides })
  return { id, email, path: `/admin/users/${id}` }
}

/** A person with a session, a grant and a live access token. */
export const addSignedIn = (): Promise<TestActor> => addAdmin({ roles: [] })

/** Whether the person's access token still lives. */
export async function isAlive(person: TestActor): Promise<boolean> {
  const { status } = await testDependencies()
    .sessionsOf(person.id)
    .inspectToken({ now: Date.now(), kind: 'access', grant_id: person.grantId, jti_hash: 'x' })
  return status === 'live'
}

interface Event extends Record<string, unknown> {
  readonly type: string
  readonly changes: Record<string, { before: unknown; after: unknown }> | null
  readonly data: Record<string, unknown>
  readonly actor_id: string
  readonly ip: string | null
}

/** Events about a person in Postgres, oldest first. */
export async function eventsAbout(userId: string): Promise<readonly Event[]> {
  const { rows } = await testDatabase().execute<Event>(
    sql`select * from audit_events where user_id = ${userId} and entity_id is not null order by position`,
  )
  return rows
}

/** The state of the account as the API shows it, with its ETag. */
export async function readUser(admin: TestActor, userId: string) {
  const response = await callAdmin(admin, 'GET', `/admin/users/${userId}`)
  const user = (await response.json()) as Record<string, unknown> & { profile: Record<string, unknown> }
  return { status: response.status, user, etag: response.headers.get('etag') ?? '' }
}
