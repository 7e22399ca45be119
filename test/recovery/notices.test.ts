/** A notice that cannot be queued fails nothing. */
import { describe, expect, test, vi } from 'vitest'
import { err } from '../../src/kit/result.ts'
import { createRootSecret } from '../../src/kit/root-secret.ts'
import { type NoticeNeeds, sendNotice } from '../../src/recovery/notices.ts'
import { toSettings } from '../../src/settings/settings.ts'
import type { User } from '../../src/users/user.ts'

const user = { id: 'u', status: 'active', email: 'ada@example.test', profile: {} } as unknown as User
const needs = (changed: Partial<NoticeNeeds>): NoticeNeeds => ({
  root: createRootSecret('A'.repeat(43)),
  now: () => 1_800_000_000_000,
  config: { issuer: 'https://auth.test', delivery: { email: {} } } as unknown as NoticeNeeds['config'],
  readSettings: async () => toSettings({}),
  findUser: async () => user,
  queueMessage: async () => err('full'),
  ...changed,
})
const down = async () => {
  throw new Error('down')
}

describe('a notice', () => {
  test.each<[string, Partial<NoticeNeeds>]>([
    ['the outbox is full', {}],
    ['the object does not answer', { queueMessage: down }],
    ['Postgres does not answer', { findUser: down }],
    ['settings cannot be read', { readSettings: down }],
  ])('is logged and fails nothing where %s', async (_what, changed) => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    await expect(
      sendNotice(needs(changed), 'notice_new_device', 'u', { user_agent: undefined }),
    ).resolves.toBeUndefined()
    expect(JSON.stringify(logged.mock.calls)).toContain('notice_failed')
    expect(JSON.stringify(logged.mock.calls)).not.toContain('ada@')
    logged.mockRestore()
  })
})
