import { describe, expect, it } from 'vitest'
import { uuidv7 } from '../../src/kit/ids.ts'
import { addAdmin, callAdmin, type TestActor } from '../worker/admin-client.ts'

const later = () => new Promise((resolve) => setTimeout(resolve, 5))
const now = async () => {
  await later()
  const at = new Date().toISOString()
  await later()
  return at
}

async function write(admin: TestActor, method: string, path: string, body?: unknown, version = '*') {
  const answer = await callAdmin(admin, method, path, { body, headers: { 'if-match': version } })
  expect(answer.status, await answer.clone().text()).toBeLessThan(300)
}

async function past(admin: TestActor, path: string, at: string) {
  const answer = await callAdmin(admin, 'GET', `${path}?at=${encodeURIComponent(at)}`)
  expect(answer.headers.get('etag')).toBeNull()
  return answer.status === 200 ? ((await answer.json()) as Record<string, unknown>) : answer.status
}

describe('?at= rebuilds a thing from its events', () => {
  const things = [
    {
      list: '/admin/roles',
      creation: (id: string) => ({
        name: `r-${id}`,
        description: 'First',
        permissions: ['admin:users:read'],
      }),
      path: (id: string) => `/admin/roles/r-${id}`,
      patch: { description: 'Second' },
      field: 'description',
    },
    {
      list: '/admin/scopes',
      creation: (id: string) => ({ name: `s:${id}`, description: 'First' }),
      path: (id: string) => `/admin/scopes/${encodeURIComponent(`s:${id}`)}`,
      patch: { description: 'Second' },
      field: 'description',
    },
    {
      list: '/admin/resource-servers',
      creation: (id: string) => ({ resource: `https://${id}.example`, name: 'First' }),
      path: (id: string) => `/admin/resource-servers/${encodeURIComponent(`https://${id}.example`)}`,
      patch: { name: 'Second' },
      field: 'name',
    },
  ]

  it.each(things)(
    '$list: before, between, and after the deletion',
    async ({ list, creation, path, patch, field }) => {
      const admin = await addAdmin()
      const id = uuidv7()
      const before = await now()
      await write(admin, 'POST', list, creation(id))
      const between = await now()
      await write(admin, 'PATCH', path(id), patch, '"1"')
      const changed = await now()
      await write(admin, 'DELETE', path(id))
      const gone = await now()
      expect(await past(admin, path(id), before)).toBe(404)
      expect(await past(admin, path(id), between)).toMatchObject({ [field]: 'First' })
      expect(await past(admin, path(id), changed)).toMatchObject({ [field]: 'Second' })
      expect(await past(admin, path(id), gone)).toBe(404)
    },
  )

  it('/admin/settings: the value in force then, the default before the first change', async () => {
    const admin = await addAdmin()
    const path = '/admin/settings/admin.step_up_max_age_seconds'
    await write(admin, 'PATCH', path, { value: 700 })
    const first = await now()
    await write(admin, 'PATCH', path, { value: 800 })
    const second = await now()
    await write(admin, 'PATCH', path, { value: null })
    expect(await past(admin, path, first)).toMatchObject({ value: 700, is_default: false })
    expect(await past(admin, path, second)).toMatchObject({ value: 800 })
    expect(await past(admin, path, '2020-01-01T00:00:00Z')).toMatchObject({ is_default: true })
  })
})
