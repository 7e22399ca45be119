/** Too many requests: refused in the endpoint's own language, for the one who sends them (IETF RateLimit draft). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectRefusal } from '../expectations.ts'
import { type OwnAuthly, startOwnAuthly } from '../own-authly.ts'
import { authorization } from '../relying-party.ts'
import type { SeededClient } from '../seed.ts'
import { type Answer, basic, postForm } from '../wire.ts'

const capacity = 10

let authly: OwnAuthly
let client: SeededClient
let other: SeededClient
beforeAll(async () => {
  const limit = { capacity, per_seconds: 3600 }
  authly = await startOwnAuthly({
    AUTHLY_RATE_LIMITS: JSON.stringify({
      'token-client': limit,
      'token-ip-unauthenticated': limit,
      'authorize-ip': limit,
    }),
  })
  client = await authly.seed.addClient()
  other = await authly.seed.addClient()
})
afterAll(() => authly?.stop())

async function untilRefused(request: () => Promise<Answer>): Promise<{ allowed: number; refused: Answer }> {
  for (let allowed = 0; allowed <= capacity * 2; allowed++) {
    const answer = await request()
    if (answer.status === 429) return { allowed, refused: answer }
  }
  throw new Error('never refused')
}

function expectLimited(answer: Answer): void {
  expectRefusal(answer, 429, 'temporarily_unavailable')
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(answer.headers.get('ratelimit-policy')).toMatch(new RegExp(`^"[\\w-]+";q=${capacity};w=3600`))
  expect(answer.headers.get('ratelimit')).toMatch(/^"[\w-]+";r=0;t=\d+/)
}

describe('a client that asks too often', () => {
  it('is refused after its capacity, at all machine endpoints, and others are not', async () => {
    const token = (who: SeededClient) => authly.rp.requestToken(who, { grant_type: 'client_credentials' })
    const { allowed, refused } = await untilRefused(() => token(client))
    expect(allowed).toBe(capacity)
    expectLimited(refused)
    expectLimited(await authly.rp.introspect(client, 'x'))
    expectLimited(await authly.rp.revoke(client, 'x'))
    expect((await token(other)).status).toBe(200)
  })

  it('gains nothing by inventing addresses: X-Forwarded-For and Forwarded are not believed', async () => {
    const headers = {
      ...authorization(client),
      'x-forwarded-for': '203.0.113.9',
      forwarded: 'for=203.0.113.9',
    }
    expectLimited(await postForm(authly.rp.endpoints.token, { grant_type: 'client_credentials' }, headers))
  })
})

describe('somebody who guesses client secrets', () => {
  it('is refused after a while by address; the guessed client goes on', async () => {
    const from = (ip: string, secret: string) =>
      postForm(
        authly.rp.endpoints.token,
        { grant_type: 'client_credentials' },
        { authorization: basic(other.client_id, secret), 'cf-connecting-ip': ip },
      )
    const { allowed, refused } = await untilRefused(() => from('198.51.100.1', 'guess'))
    expect(allowed).toBe(capacity)
    expectLimited(refused)
    expect((await from('198.51.100.2', 'guess')).status).toBe(401)
    expect((await from('198.51.100.1', other.client_secret)).status).toBe(200)
  })
})

describe.each(['unknown', 'connection'])(
  'somebody who guesses where Cloudflare is not in front (%s)',
  (mode) => {
    let bare: OwnAuthly
    let guessed: SeededClient
    beforeAll(async () => {
      bare = await startOwnAuthly({
        AUTHLY_CLIENT_ADDRESS: mode,
        AUTHLY_RATE_LIMITS: JSON.stringify({ 'token-ip-unauthenticated': { capacity, per_seconds: 3600 } }),
      })
      guessed = await bare.seed.addClient()
    })
    afterAll(() => bare?.stop())

    it('gains nothing by inventing an address for each guess in CF-Connecting-IP', async () => {
      let guesses = 0
      const { allowed, refused } = await untilRefused(() => {
        guesses += 1
        const address = `198.51.100.${guesses}`
        const headers = { 'cf-connecting-ip': address, 'true-client-ip': address, 'x-real-ip': address }
        return postForm(
          bare.rp.endpoints.token,
          { grant_type: 'client_credentials' },
          { authorization: basic(guessed.client_id, 'guess'), ...headers },
        )
      })
      expect(allowed).toBe(capacity)
      expectLimited(refused)
    })
  },
)
