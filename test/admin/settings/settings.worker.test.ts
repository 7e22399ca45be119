import { sql } from 'drizzle-orm'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { loadStoredSettings } from '../../../src/settings/settings.store.ts'
import { settingNames, settingsCacheKey } from '../../../src/settings/settings.ts'
import { testDatabase, useOwnDatabase } from '../../fakes/database.ts'
import { addAdmin, addServiceAccount, callAdmin, testDependencies } from '../../worker/admin-client.ts'

const json = async (response: Response) => (await response.json()) as Record<string, unknown>
const path = '/admin/settings/admin.step_up_max_age_seconds'

// Settings are the whole server's.
beforeAll(useOwnDatabase)

// Each test leaves none behind, in the cache neither.
afterEach(async () => {
  await testDatabase().execute(sql`delete from settings`)
  await testDependencies().edgeCache.refresh(settingsCacheKey, await loadStoredSettings(testDatabase()))
})

describe('settings', () => {
  it('shows what is in force, and that nothing was set', async () => {
    const admin = await addAdmin()
    const list = await callAdmin(admin, 'GET', '/admin/settings')
    expect(list.status, await list.clone().text()).toBe(200)
    const { items } = (await json(list)) as { items: Record<string, unknown>[] }
    expect(items.map(({ name }) => name)).toEqual(settingNames)
    const one = await callAdmin(admin, 'GET', path)
    expect(one.headers.get('etag')).toBe('"0"')
    expect(await json(one)).toMatchObject({ value: 900, default: 900, is_default: true, updated_at: null })
    for (const name of settingNames) {
      expect((await callAdmin(admin, 'GET', `/admin/settings/${name}`)).status).toBe(200)
    }
    expect((await callAdmin(admin, 'GET', '/admin/settings/no.such')).status).toBe(404)
  })

  it('changes, counts at once, and goes back to the default with a version that never returns', async () => {
    const admin = await addAdmin()
    const set = (value: unknown, tag: string) =>
      callAdmin(admin, 'PATCH', path, { body: { value }, headers: { 'if-match': tag } })
    const changed = await set(600, '"0"')
    expect(changed.status, await changed.clone().text()).toBe(200)
    expect(changed.headers.get('etag')).toBe('"1"')
    expect(await json(changed)).toMatchObject({ value: 600, is_default: false })
    expect((await testDependencies().readSettings())['admin.step_up_max_age_seconds']).toBe(600)
    const lost = await set(700, '"0"')
    expect([lost.status, lost.headers.get('etag')]).toEqual([412, '"1"'])
    const same = await set(600, '"1"')
    expect([same.status, same.headers.get('etag')]).toEqual([200, '"1"'])
    const reset = await set(null, '*')
    expect(reset.headers.get('etag')).toBe('"2"')
    expect(await json(reset)).toMatchObject({ value: 900, is_default: true })
    expect((await testDependencies().readSettings())['admin.step_up_max_age_seconds']).toBe(900)
    const { rows } = await testDatabase().execute<Record<string, unknown>>(
      sql`select changes from audit_events where actor_id = ${admin.id} and type = 'setting.updated' order by position`,
    )
    expect(rows).toEqual([
      { changes: { value: { before: null, after: 600 } } },
      { changes: { value: { before: 600, after: null } } },
    ])
  })

  it('lets one of several first changes win', async () => {
    const admin = await addAdmin()
    const answers = await Promise.all(
      [100, 200, 300].map((value) =>
        callAdmin(admin, 'PATCH', path, { body: { value }, headers: { 'if-match': '"0"' } }),
      ),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412])
    expect(answers.map(({ headers }) => headers.get('etag'))).toEqual(['"1"', '"1"', '"1"'])
  })

  it.each([
    ['admin.step_up_max_age_seconds', 29, '#/value'],
    ['admin.step_up_max_age_seconds', '600', '#/value'],
    ['admin.request_signing', 'sometimes', '#/value'],
    ['admin.ip_allow_list', ['nowhere'], '#/value/0'],
    ['admin.ip_allow_list', ['198.51.100.0/24'], '#/value'],
    ['admin.request_signing', 'all', '#/value'],
    ['admin.step_up_acr_values', ['urn:authly:acr:mfa'], '#/value'],
  ])('refuses %s = %j, also what would lock the caller out', async (name, value, pointer) => {
    const refused = await callAdmin(await addAdmin(), 'PATCH', `/admin/settings/${name}`, {
      body: { value },
      headers: { 'if-match': '*' },
    })
    expect(await json(refused)).toMatchObject({ status: 400, errors: [{ pointer }] })
  })

  it('needs If-Match, the permission and a recent sign-in', async () => {
    const body = { value: 600 }
    const headers = { 'if-match': '*' }
    expect((await callAdmin(await addAdmin(), 'PATCH', path, { body })).status).toBe(428)
    const reader = await addServiceAccount(['admin:settings:read'])
    expect((await callAdmin(reader, 'PATCH', path, { body, headers })).status).toBe(403)
    const stale = await addAdmin({ signedInSecondsAgo: 3600 })
    expect((await callAdmin(stale, 'PATCH', path, { body, headers })).status).toBe(401)
  })
})

describe('rate-limit policies', () => {
  // Numbers that no test running beside this one can feel.
  const policy = '/admin/rate-limits/admin-ip-unauthenticated'

  it('shows the numbers in force and where they come from', async () => {
    const admin = await addAdmin()
    const { items } = (await json(await callAdmin(admin, 'GET', '/admin/rate-limits'))) as {
      items: Record<string, unknown>[]
    }
    expect(items.find((item) => item['policy'] === 'login-ip')).toMatchObject({
      ...{ capacity: 30, per_seconds: 300, source: 'default', when_counter_unavailable: 'refuse' },
    })
    expect((await callAdmin(admin, 'GET', '/admin/rate-limits/no-such')).status).toBe(404)
  })

  it('sets numbers that count at once, and gives back the configured ones', async () => {
    const admin = await addAdmin()
    const before = await callAdmin(admin, 'GET', policy)
    expect(before.headers.get('etag')).toBe('"0"')
    const body = { limit: { capacity: 400, per_seconds: 90 } }
    const changed = await callAdmin(admin, 'PATCH', policy, { body, headers: { 'if-match': '"0"' } })
    expect(await json(changed)).toMatchObject({
      ...{ capacity: 400, per_seconds: 90, source: 'setting', reset_to: { capacity: 300, per_seconds: 60 } },
    })
    const take = () => testDependencies().rateLimiter.take('admin-ip-unauthenticated', '198.51.100.77')
    expect(await take()).toMatchObject({ limit: 400, windowSeconds: 90, allowed: true })
    const reset = await callAdmin(admin, 'PATCH', policy, {
      body: { limit: null },
      headers: { 'if-match': '"1"' },
    })
    expect(await json(reset)).toMatchObject({ capacity: 300, source: 'default' })
    expect(await take()).toMatchObject({ limit: 300, windowSeconds: 60 })
    const { rows } = await testDatabase().execute<Record<string, unknown>>(
      sql`select entity_type, entity_id from audit_events where actor_id = ${admin.id} and type = 'rate_limit.updated'`,
    )
    expect(rows).toEqual(Array(2).fill({ entity_type: 'rate_limit', entity_id: 'admin-ip-unauthenticated' }))
  })

  it.each([
    ['password-user', { capacity: 0, per_seconds: 60 }, '#/limit/capacity'],
    ['password-user', { capacity: 1.5, per_seconds: 60 }, '#/limit/capacity'],
    ['password-user', { capacity: 1_000_001, per_seconds: 60 }, '#/limit/capacity'],
    ['password-user', { capacity: 1, per_seconds: 0 }, '#/limit/per_seconds'],
    ['password-user', { capacity: 1, per_seconds: 86_401 }, '#/limit/per_seconds'],
    ['admin-actor', { capacity: 59, per_seconds: 60 }, '#/limit'],
    ['admin-actor', { capacity: 60, per_seconds: 3601 }, '#/limit'],
    ['login-ip', { capacity: 1, per_seconds: 60 }, '#/limit'],
  ])('refuses %s = %j, also what would lock everybody out', async (name, limit, pointer) => {
    const refused = await callAdmin(await addAdmin(), 'PATCH', `/admin/rate-limits/${name}`, {
      body: { limit },
      headers: { 'if-match': '*' },
    })
    expect(await json(refused)).toMatchObject({ status: 400, errors: [{ pointer }] })
  })
})
