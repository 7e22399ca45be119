import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { testDatabase } from '../../../test/fakes/database.ts'
import {
  addAdmin,
  addServiceAccount,
  callAdmin,
  testDependencies,
} from '../../../test/worker/admin-client.ts'
import { createEvent } from '../../audit/create-event.ts'
import type { AuditEventType } from '../../audit/event.ts'
import { recordChange } from '../entity-change.store.ts'

interface Stats {
  readonly users: { total: number; active: number; disabled: number }
  readonly clients: { total: number; enabled: number; active: number }
  readonly days: Record<string, number | string>[]
}

const statsOf = async (response: Response): Promise<Stats> => {
  expect(response.status, await response.clone().text()).toBe(200)
  return (await response.json()) as Stats
}

/** Days long ago, so that no other test writes into them. */
async function recordAt(at: number, type: AuditEventType, clientId?: string) {
  const details = { outcome: 'success', actor_type: 'system', client_id: clientId } as const
  const event = createEvent(type, at, undefined, details)
  await testDatabase().execute(
    sql`with source as (select 1) ${recordChange(event, sql`'{}'::jsonb`, sql`'{}'::jsonb`, sql`source`)}`,
  )
}

describe('statistics', () => {
  it('counts people, clients and what happened on each day (UTC)', async () => {
    const reader = await addServiceAccount(['admin:stats:read'])
    const today = Math.floor(Date.now() / 86_400_000) * 86_400_000
    const before = await statsOf(await callAdmin(reader, 'GET', '/admin/stats?days=92'))
    const start = today - 80 * 86_400_000
    for (const at of [start, start + 86_399_999]) await recordAt(at, 'session.created')
    await recordAt(start - 1, 'login.failed')
    await recordAt(start, 'token.issued', reader.id)
    await recordAt(start, 'token.refreshed', reader.id)
    const after = await statsOf(await callAdmin(reader, 'GET', '/admin/stats?days=92'))
    expect(after.days).toHaveLength(92)
    const date = new Date(start).toISOString().slice(0, 10)
    const on = (stats: Stats, day: string) => stats.days.find((entry) => entry['date'] === day)
    expect(on(before, date)).toMatchObject({ sign_ins: 0, tokens_issued: 0 })
    expect(on(after, date)).toEqual({
      ...{ date, users_created: 0, sign_ins: 2, sign_in_failures: 0, tokens_issued: 2 },
    })
    expect(on(after, new Date(start - 1).toISOString().slice(0, 10))).toMatchObject({ sign_in_failures: 1 })
    expect(after.days.at(-1)?.['date']).toBe(new Date(today).toISOString().slice(0, 10))
    expect(after.users.total).toBe(after.users.active + after.users.disabled)
    const last = await statsOf(await callAdmin(reader, 'GET', '/admin/stats?days=1'))
    expect(last.days).toHaveLength(1)
    expect(after.clients.active).toBeGreaterThan(last.clients.active)
  })

  it('counts a new account today', async () => {
    const admin = await addAdmin()
    const stats = await statsOf(await callAdmin(admin, 'GET', '/admin/stats?days=1'))
    expect(stats.days[0]?.['users_created']).toBeGreaterThan(0)
  })

  it.each(['0', '93', '1.5', 'x'])('refuses %s days', async (days) => {
    expect((await callAdmin(await addAdmin(), 'GET', `/admin/stats?days=${days}`)).status).toBe(400)
  })

  it('needs the permission', async () => {
    const other = await addServiceAccount(['admin:users:read'])
    expect((await callAdmin(other, 'GET', '/admin/stats')).status).toBe(403)
    expect((await callAdmin(other, 'GET', '/admin/status')).status).toBe(403)
  })
})

describe('status', () => {
  it('tells what runs, how far the trail is sealed and what is due, and nothing secret', async () => {
    await testDependencies().keyring.jwks()
    const response = await callAdmin(await addAdmin(), 'GET', '/admin/status')
    const text = await response.clone().text()
    expect(response.status, text).toBe(200)
    expect(text).not.toMatch(/private|sealed"|postgres:|secret/)
    const status = JSON.parse(text) as Record<string, Record<string, unknown>>
    expect(status).toMatchObject({
      ...{ region: 'local', cache_backend: 'durable-object', issuer: 'https://auth.test' },
      release: expect.stringMatching(/^\d+\.\d+\.\d+/),
      audit: { last_position: expect.any(Number), sealed_position: expect.any(Number) },
      jobs: { queued: expect.any(Number), running: expect.any(Number) },
    })
    expect(status['database']?.['migrations']).toBeGreaterThan(10)
    expect((status['keys'] as unknown as unknown[]).length).toBeGreaterThanOrEqual(3)
  })
})
