/** The same request fifty times at once: one effect, whatever the order (RFC 6749 §4.1.2, RFC 9700 §4.14). */
import { beforeAll, describe, expect, it } from 'vitest'
import { addClient, addUser, rp } from '../authly.ts'
import type { Tokens } from '../relying-party.ts'
import type { SeededClient } from '../seed.ts'
import type { UserAgent } from '../user-agent.ts'
import type { Answer } from '../wire.ts'

let client: SeededClient
let agent: UserAgent
beforeAll(async () => {
  client = await addClient()
  agent = await rp.signedInAgent(client, await addUser())
})

const fiftyTimes = (request: () => Promise<Answer>) => Promise.all(Array.from({ length: 50 }, request))
const tokensOf = (answers: readonly Answer[]) =>
  answers.filter(({ status }) => status === 200).map(({ json }) => json as Tokens)
const isActive = async (token: string) => (await rp.introspect(client, token)).json?.['active']

describe('fifty parallel refreshes of one token', () => {
  it('all succeed with one and the same successor, which works', async () => {
    const { refresh_token } = await rp.getTokens(agent, client)
    const answers = await fiftyTimes(() => rp.refresh(client, refresh_token))
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200))
    const successors = new Set(tokensOf(answers).map((tokens) => tokens.refresh_token))
    expect(successors.size).toBe(1)
    const [successor] = successors
    expect((await rp.refresh(client, successor as string)).status).toBe(200)
  })

  it('with fifty different narrowed scopes leave one successor as well', async () => {
    const { refresh_token } = await rp.getTokens(agent, client)
    const scopes = ['openid', 'demo:read', 'openid demo:read', 'offline_access', 'openid offline_access']
    let turn = 0
    const answers = await fiftyTimes(() =>
      rp.refresh(client, refresh_token, { scope: scopes[turn++ % scopes.length] }),
    )
    expect(new Set(tokensOf(answers).map((tokens) => tokens.refresh_token)).size).toBe(1)
  })
})

describe('fifty parallel redemptions of one code', () => {
  it.each([1, 2, 3])('leave at most one grant, and none alive (round %i)', async () => {
    const code = await rp.getCode(agent, client)
    const answers = await fiftyTimes(() => rp.redeem(client, code))
    const issued = tokensOf(answers)
    expect(issued).toHaveLength(1)
    const refused = answers.filter(({ status }) => status !== 200)
    expect(new Set(refused.map(({ status, json }) => `${status} ${json?.['error']}`))).toEqual(
      new Set(['400 invalid_grant']),
    )
    for (const { access_token, refresh_token } of issued) {
      expect(await isActive(access_token)).toBe(false)
      expect((await rp.refresh(client, refresh_token)).status).toBe(400)
    }
  })

  it('of fifty codes of one person give fifty grants, all alive', async () => {
    const codes = await Promise.all(Array.from({ length: 50 }, () => rp.getCode(agent, client)))
    const answers = await Promise.all(codes.map((code) => rp.redeem(client, code)))
    const issued = tokensOf(answers)
    expect(issued).toHaveLength(50)
    const alive = await Promise.all(issued.map(({ access_token }) => isActive(access_token)))
    expect(new Set(alive)).toEqual(new Set([true]))
  })
})

describe('a refresh and a revocation at once', () => {
  it('leave nothing alive when the revocation was answered first or last (RFC 7009 §2)', async () => {
    const { refresh_token } = await rp.getTokens(agent, client)
    const [refreshed] = await Promise.all([
      rp.refresh(client, refresh_token),
      rp.revoke(client, refresh_token),
    ])
    const successor = (refreshed.json as Tokens).refresh_token
    // The token revoked was current or just replaced; either way its family is over.
    if (successor) expect((await rp.refresh(client, successor)).json?.['error']).toBe('invalid_grant')
    expect((await rp.refresh(client, refresh_token)).json?.['error']).toBe('invalid_grant')
  })
})
