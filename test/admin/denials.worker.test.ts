import { runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { sql } from 'drizzle-orm'
import { describe, expect, it, vi } from 'vitest'
import { testDatabase } from '../fakes/database.ts'
import { addAdmin, callAdmin, type TestActor, testDependencies } from '../worker/admin-client.ts'

const database = testDatabase()

/** Events of an actor in Postgres, once those on their way have arrived. */
async function deniedOf(actor: TestActor, atLeast: number) {
  const read = async () =>
    (
      await database.execute<{ data: Record<string, unknown> }>(
        sql`select data from audit_events where type = 'admin.access_denied' and actor_id = ${actor.id}
            order by position`,
      )
    ).rows
  await vi.waitUntil(async () => (await read()).length >= atLeast, { interval: 100, timeout: 15_000 })
  return read()
}

describe('refused escalations are in the audit trail', () => {
  it('of a token without the scope, and of a holder without the permission or the rank; repetitions counted', async () => {
    const narrow = await addAdmin({ scopes: ['admin:users:read'] })
    const support = await addAdmin({ roles: ['support'] })
    const victim = await addAdmin()
    const body = { method: 'temporary_password' }
    const path = `/admin/users/${victim.id}/reset-password`
    expect((await callAdmin(narrow, 'POST', path, { body })).status).toBe(403)
    for (let time = 0; time < 5; time++) {
      expect((await callAdmin(support, 'POST', path, { body })).status).toBe(403)
    }
    const roles = { body: { roles: ['admin'] }, headers: { 'if-match': '*' } }
    const victimRoles = `/admin/users/${victim.id}/roles`
    expect((await callAdmin(support, 'PUT', victimRoles, roles)).status).toBe(403)
    expect((await deniedOf(narrow, 1))[0]?.data).toMatchObject({
      ...{ operation: 'resetPassword', reason: 'insufficient_scope' },
    })
    const denied = await deniedOf(support, 2)
    expect(denied.map(({ data }) => data)).toEqual([
      expect.objectContaining({
        ...{ operation: 'resetPassword', reason: 'forbidden', target: { user_id: victim.id } },
      }),
      expect.objectContaining({ operation: 'setUserRoles', target: { user_id: victim.id } }),
    ])
  })
})

describe('downloads of files of jobs are in the audit trail', () => {
  it('one-time passwords and results, in the transaction that allows them; nothing for what was not given', async () => {
    const actor = await addAdmin()
    const begun = await callAdmin(actor, 'POST', '/admin/users/bulk/create?credentials=temporary_password', {
      body: `${JSON.stringify({ username: `gap-${actor.id}` })}\n`,
      headers: { 'content-type': 'application/x-ndjson' },
    })
    const { id } = (await begun.json()) as { id: string }
    const stub = env.JOB.getByName(id)
    for (let turn = 0; turn < 20 && !(await testDependencies().jobOf(id).progress())?.finished_at; turn++) {
      await runDurableObjectAlarm(stub)
    }
    const read = (by: TestActor, file: string) =>
      callAdmin(by, 'GET', `/admin/jobs/${id}/results?file=${file}`)
    const other = await addAdmin()
    expect((await read(other, 'credentials')).status).toBe(404)
    expect((await read(actor, 'output')).status).toBe(404)
    const narrow = await addAdmin({ scopes: ['admin:jobs:read'] })
    expect((await read(narrow, 'results')).status).toBe(403)
    expect(await (await read(actor, 'credentials')).text()).toContain('temporary_password')
    expect((await read(other, 'results')).status).toBe(200)
    const { rows } = await database.execute(
      sql`select actor_id, data from audit_events where type = 'job.file_read' and entity_id = ${id} order by position`,
    )
    expect(rows).toEqual([
      { actor_id: actor.id, data: { file: 'credentials' } },
      { actor_id: other.id, data: { file: 'results' } },
    ])
  })
})
