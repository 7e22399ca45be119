import { expect, test } from 'vitest'
import { randomToken } from '../../src/kit/ids.ts'
import { createRootSecret } from '../../src/kit/root-secret.ts'
import { readTypedPassword, rememberTypedPassword } from '../../src/login/typed-password.ts'

let time = 1_800_000_000_000
const needs = {
  root: createRootSecret(randomToken()),
  config: { secureCookies: true },
  now: () => time,
}

test('a typed password proves itself for ten minutes, to its own session and deployment', async () => {
  const line = await rememberTypedPassword(needs, 'session-1', {
    reason: 'breached',
    verifiedHash: '$argon2id$hash',
  })
  expect(line).toMatch(/; HttpOnly; SameSite=Lax; Max-Age=600; Secure$/)
  expect(line).not.toContain('argon2id')
  const cookie = line.split(';')[0] as string
  expect(await readTypedPassword(needs, cookie, 'session-1')).toEqual({
    hashDigest: expect.stringMatching(/^[\w-]{43}$/),
    reason: 'breached',
  })
  expect(await readTypedPassword(needs, cookie, 'session-2')).toBeUndefined()
  const foreign = { ...needs, root: createRootSecret(randomToken()) }
  expect(await readTypedPassword(foreign, cookie, 'session-1')).toBeUndefined()
  expect(await readTypedPassword(needs, '__Host-authly_typed=made-up', 'session-1')).toBeUndefined()
  expect(await readTypedPassword(needs, undefined, 'session-1')).toBeUndefined()
  time += 600_000
  expect(await readTypedPassword(needs, cookie, 'session-1')).toBeUndefined()
})
