import { expect, test } from 'vitest'
import {
  clearSessionCookie,
  issueSessionHandle,
  readSession,
  setSessionCookie,
} from '../../src/interaction/session-cookie.ts'
import { randomToken } from '../../src/kit/ids.ts'
import { createRootSecret } from '../../src/kit/root-secret.ts'

const config = { secureCookies: true }
const needs = { root: createRootSecret(randomToken()), config }
const routing = { user_id: 'u', session_id: 's' }

test('the cookie names the session and gives the hash that is stored', async () => {
  const { handle, secretHash } = await issueSessionHandle(needs.root, routing)
  const cookie = setSessionCookie(config, handle, 60)
  expect(cookie).toMatch(
    /^__Host-authly_session=authly_ss_.*; Path=\/; HttpOnly; SameSite=Lax; Max-Age=60; Secure$/,
  )
  expect(await readSession(needs, cookie.split(';')[0])).toEqual({ routing, secretHash })
})

test('a forged or foreign cookie is no session, without any I/O', async () => {
  const foreign = await issueSessionHandle(createRootSecret(randomToken()), routing)
  for (const value of [foreign.handle, 'authly_ss_x.y', 'x', '']) {
    expect(await readSession(needs, `__Host-authly_session=${value}`)).toBeUndefined()
  }
})

test('clearing it sets the same cookie with no lifetime', () => {
  expect(clearSessionCookie(config)).toBe(
    '__Host-authly_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0; Secure',
  )
})
