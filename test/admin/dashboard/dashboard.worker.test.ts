import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { type StatsRow, selectStats } from '../../../src/admin/dashboard/stats.store.ts'
import { recordChange } from '../../../src/admin/entity-change.store.ts'
import { createEvent } from '../../../src/audit/create-event.ts'
import type { AuditEventType } from '../../../src/audit/event.ts'
import { ownDatabase, testDatabase } from '../../fakes/database.ts'
import { addAdmin, addServiceAccount, callAdmin, testDependencies } from '../../worker/admin-client.ts'

interface Stats {
  readonly users: { total: number; active: number; disabled: number }
  readonly clients: { total: number; enabled: number; active: number }
  readonly days: Record<string, number | string>[]
}

const statsOf = async (response: Response): Promise<Stats> => {
  expect(response.status, await response.clone().text()).toBe(200)
  return (await response.json()) as Stats
}

const day = 86_400_000
const now = Date.parse('2026-11-23T15:00:00Z')

/** A trail of its own: positions follow the order in which events are written. */
async function trailOf(events: readonly (readonly [at: string, type: AuditEventType, clientId?: string])[]) {
  const database = await ownDatabase()
  for (const [at, type, client_id] of events) {
    const event = createEvent(type, Date.parse(at), undefined, {
      ...{ outcome: 'success', actor_type: 'system', client_id },
    })
    await database.execute(
      sql`with source as (select 1) ${recordChange(event, sql`'{}'::jsonb`, sql`'{}'::jsonb`, sql`source`)}`,
    )
  }
  return {
    database,
    async stats(days: number): Promise<StatsRow> {
      const { rows } = await database.execute<StatsRow>(selectStats(now, days))
      return rows[0] as StatsRow
    },
  }
}

describe('statistics', () => {
  it('counts what happened on each day (UTC), and the clients that had part in it', async () => {
    const { database, stats } = await trailOf([
      ['2026-11-20T23:59:59.999Z', 'login.failed', 'old'],
      ['2026-11-21T00:00:00.000Z', 'session.created', 'shop'],
      ['2026-11-21T23:59:59.999Z', 'session.created', 'shop'],
      ['2026-11-22T12:00:00.000Z', 'token.issued', 'shop'],
      ['2026-11-22T12:00:00.001Z', 'token.refreshed', 'shop'],
      ['2026-11-22T12:00:00.002Z', 'token.revoked', 'shop'],
      ['2026-11-23T14:00:00.000Z', 'login.failed', 'zoo'],
    ])
    for (const id of ['old', 'shop', 'zoo', 'asleep']) {
      await database.execute(
        sql`insert into clients (client_id, client_name, token_endpoint_auth_method, grant_types, enabled)
          values (${id}, ${id}, 'none', '{}', ${id !== 'zoo'})`,
      )
    }
    await database.execute(sql`update audit_events set data = '{"count": 7}' where client_id = 'zoo'`)
    const row = await stats(3)
    expect(row.days).toEqual([
      { date: '2026-11-21', users_created: 0, sign_ins: 2, sign_in_failures: 0, tokens_issued: 0 },
      { date: '2026-11-22', users_created: 0, sign_ins: 0, sign_in_failures: 0, tokens_issued: 2 },
      { date: '2026-11-23', users_created: 0, sign_ins: 0, sign_in_failures: 7, tokens_issued: 0 },
    ])
    expect(row).toMatchObject({ total_clients: 4, enabled_clients: 3, active_clients: 2 })
    expect((await stats(1)).active_clients).toBe(1)
    expect((await stats(92)).active_clients).toBe(3)
    expect((await stats(92)).days).toHaveLength(92)
  })

  it('counts an event that waited in an outbox on the day it came, and no other day suffers', async () => {
    const { stats } = await trailOf([
      ['2026-11-21T10:00:00Z', 'session.created'],
      ['2026-11-22T10:00:00Z', 'session.created'],
      ['2026-11-21T11:00:00Z', 'session.created'],
      ['2026-11-23T10:00:00Z', 'session.created'],
    ])
    expect((await stats(3)).days.map(({ sign_ins }) => sign_ins)).toEqual([1, 2, 1])
  })

  it('is all zero for an empty trail', async () => {
    const { stats } = await trailOf([])
    const { days } = await stats(2)
    expect(days.map(({ sign_ins, tokens_issued }) => sign_ins + tokens_issued)).toEqual([0, 0])
  })

  it('answers with the day of now as the last one', async () => {
    const reader = await addServiceAccount(['admin:stats:read'])
    const stats = await statsOf(await callAdmin(reader, 'GET', '/admin/stats?days=7'))
    expect(stats.days).toHaveLength(7)
    expect(stats.days.at(-1)?.['date']).toBe(
      new Date(Math.floor(Date.now() / day) * day).toISOString().slice(0, 10),
    )
    expect(stats.users.total).toBe(stats.users.active + stats.users.disabled)
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
    expect(status['database']?.['migrations']).toBeGreaterThanOrEqual(2)
    const { rows } = await testDatabase().execute<{ at: string }>(
      sql`select max(applied_at)::text as at from drizzle.__drizzle_migrations`,
    )
    expect(Date.parse(String(status['database']?.['migrated_at']))).toBe(Date.parse(rows[0]?.at ?? ''))
    expect((status['keys'] as unknown as unknown[]).length).toBeGreaterThanOrEqual(3)
  })
})
