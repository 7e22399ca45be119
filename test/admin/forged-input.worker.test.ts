/** Forged cursors and times at each list: what no page ever was is the caller's mistake, never a failed query. */
import { beforeAll, describe, expect, it } from 'vitest'
import { encodeText } from '../../src/kit/base64url.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import { addAdmin, callAdmin, type TestActor } from '../worker/admin-client.ts'

let admin: TestActor
beforeAll(async () => {
  admin = await addAdmin()
})

const forged = [
  ...['"+275760-09-13T00:00:00+00:00"', '"infinity"', '"0000-01-01T00:00:00+00:00"', '"a\\u0000"'],
  ...[
    '"2026-02-30T00:00:00+00:00"',
    '"2026-11-23T24:61:61+00:00"',
    '"2026-11-23T09:00:00+23:59"',
    '"\\ud800"',
  ],
  ...['1e400', '-1', '1.5', '1e300', 'null', 'true', '[]', '{}', '""', '"x"'],
]
/** Its path, the name inside its cursors, and how many values these have. */
const lists: readonly (readonly [string, string, number])[] = [
  ...['created_at', '-created_at', '-updated_at', 'username', 'name'].map(
    (sort) => [`/admin/users?sort=${sort}`, `users:${sort}`, 2] as const,
  ),
  ...['created_at', '-created_at', 'client_name', '-client_id'].map(
    (sort) => [`/admin/clients?sort=${sort}`, `clients:${sort}`, 2] as const,
  ),
  ['/admin/users/collisions?limit=2', 'collisions', 2],
  ['/admin/jobs?limit=2', 'jobs', 1],
  ['/admin/scopes?limit=2', 'scopes', 1],
  ['/admin/resource-servers?limit=2', 'resource-servers', 1],
  ['/admin/audit/events?order=asc', 'audit:asc', 1],
  ['/admin/audit/events?limit=2', 'audit:desc', 1],
  ['/admin/audit/search?q=client', 'audit:desc', 1],
  [`/admin/audit/users/${uuidv7()}?limit=2`, 'audit:desc', 1],
  [`/admin/audit/admins/${uuidv7()}?limit=2`, 'audit:desc', 1],
  ['/admin/audit/checkpoints?limit=2', 'audit-checkpoints', 1],
]

describe('a forged cursor', () => {
  it.each(lists)(
    'at %s is answered 400, or with a page where it could be one',
    async (path, name, length) => {
      for (const value of forged) {
        for (const id of length === 1 ? [undefined] : [`"${uuidv7()}"`, value]) {
          const cursor = encodeText(`["${name}",${value}${id === undefined ? '' : `,${id}`}]`)
          const response = await callAdmin(admin, 'GET', `${path}&cursor=${cursor}`)
          // Any text may be the last name of a page.
          expect([path, value, [200, 400].includes(response.status)]).toEqual([path, value, true])
          if (/_at|jobs|audit|events/.test(path) || /"a\\u0000"|\\ud800|^[^"]/.test(value)) {
            expect([path, value, response.status]).toEqual([path, value, 400])
          }
        }
      }
    },
  )
})

describe('a time that Postgres does not know', () => {
  it.each(['0000-01-01T00:00:00Z', '2026-11-23T09:00:00+23:59', '2026-11-23T09:00:00-18:00'])(
    'is refused as %s',
    async (time) => {
      const at = encodeURIComponent(time)
      for (const path of [
        ...[
          `/admin/users/${admin.id}?at=${at}`,
          `/admin/roles/admin?at=${at}`,
          `/admin/scopes/openid?at=${at}`,
        ],
        ...[`/admin/clients/x?at=${at}`, `/admin/settings/admin.request_signing?at=${at}`],
        ...[
          `/admin/audit/events?from=${at}`,
          `/admin/audit/events?to=${at}`,
          `/admin/audit/search?q=x&from=${at}`,
        ],
      ]) {
        const { status } = await callAdmin(admin, 'GET', path)
        expect([path, status]).toEqual([path, 400])
      }
    },
  )
})
