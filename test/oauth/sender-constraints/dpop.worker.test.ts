/** DPoP (RFC 9449) at every endpoint that knows it, with real objects and Postgres. */
import { env, evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { createRootSecret } from '../../../src/kit/root-secret.ts'
import { pushedRequest } from '../../../src/oauth/authorize/request-sources/pushed-request.ts'
import { noncesOf } from '../../../src/oauth/sender-constraints/dpop-nonce.ts'
import { parseParameters } from '../../../src/protocol/parameters.ts'
import { createDpopKey, type DpopKey, type ProofOptions } from '../../fakes/dpop-key.ts'
import { testDependencies } from '../../worker/admin-client.ts'
import {
  type Answer,
  addSignedIn,
  addTokenClient,
  codeFor,
  getUserInfo,
  introspect,
  issuer,
  postAs,
  redeem,
  refresh,
  type SignedInPerson,
  send,
  type TokenClient,
  tokenUrl,
  userInfoUrl,
} from '../../worker/token-client.ts'

let key: DpopKey
let other: DpopKey
let person: SignedInPerson
let web: TokenClient
let spa: TokenClient
let bound: TokenClient
let nonce: string
beforeAll(async () => {
  ;[key, other] = await Promise.all([createDpopKey(), createDpopKey('Ed25519')])
  person = await addSignedIn()
  web = await addTokenClient()
  spa = await addTokenClient({ token_endpoint_auth_method: 'none' })
  bound = await addTokenClient({ dpop_bound_access_tokens: true })
  nonce = (await noncesOf({ root: testDependencies().root, now: Date.now })).current
})

/** A header with a new proof for the token endpoint. */
const proof = async (by = key, options: ProofOptions = {}) => ({
  dpop: await by.prove(tokenUrl, { nonce, ...options }),
})
const infoProof = async (accessToken: string, by = key, options: ProofOptions = {}) => ({
  dpop: await by.prove(userInfoUrl, { method: 'GET', accessToken, nonce, ...options }),
})
const useInfo = async (token: string, by = key) => getUserInfo(`DPoP ${token}`, await infoProof(token, by))

const told = ({ status, json }: Answer) => [status, json['error']]
const textOf = ({ json }: Answer, name: string) => String(json[name])

/** Tokens of a new grant, bound to `by`. */
async function boundTokens(client = web, by = key) {
  const answer = await redeem(client, await codeFor(client, person), await proof(by))
  expect(answer.status).toBe(200)
  return { access: textOf(answer, 'access_token'), refresh: textOf(answer, 'refresh_token'), answer }
}

describe('the token endpoint with a proof (RFC 9449 §5)', () => {
  it('binds the access token to its key, and says so (§5, §6.1)', async () => {
    const { access, answer } = await boundTokens()
    expect(answer.json).toMatchObject({ token_type: 'DPoP' })
    expect(decodeJwt(access)).toMatchObject({ cnf: { jkt: key.thumbprint } })
    expect(answer.headers.get('dpop-nonce')).toBe(nonce)
  })

  it('without a proof issues bearer tokens, as ever', async () => {
    const answer = await redeem(web, await codeFor(web, person))
    expect(answer.json).toMatchObject({ token_type: 'Bearer' })
    expect(decodeJwt(textOf(answer, 'access_token'))).not.toHaveProperty('cnf')
    expect(answer.headers.has('dpop-nonce')).toBe(false)
  })

  it('issues nothing without a proof to a client that must send one (§5.2)', async () => {
    const code = await codeFor(bound, person)
    expect(told(await redeem(bound, code))).toEqual([400, 'invalid_dpop_proof'])
    expect(told(await postAs(bound, tokenUrl, { grant_type: 'client_credentials' }))).toEqual([
      400,
      'invalid_dpop_proof',
    ])
    // The refusal has used nothing up.
    expect((await redeem(bound, code, await proof())).json).toMatchObject({ token_type: 'DPoP' })
  })

  it('refuses a proof that is no good, and the code stays good', async () => {
    const code = await codeFor(web, person)
    for (const dpop of [
      'x',
      await key.prove(tokenUrl, { method: 'GET' }),
      await key.prove(userInfoUrl),
      await key.prove(tokenUrl, { now: Date.now() - 120_000 }),
    ]) {
      expect(told(await redeem(web, code, { dpop }))).toEqual([400, 'invalid_dpop_proof'])
    }
    expect((await redeem(web, code, await proof())).status).toBe(200)
  })

  it('tells pages what they need: the header may be sent, the nonce may be read (Fetch §3.2)', async () => {
    const headers = { origin: 'https://spa.example', 'access-control-request-method': 'POST' }
    for (const url of [tokenUrl, userInfoUrl]) {
      const preflight = await send(url, {
        method: 'OPTIONS',
        headers: { ...headers, 'access-control-request-headers': 'dpop' },
      })
      expect(preflight.headers.get('access-control-allow-headers')).toMatch(/\*|dpop/i)
    }
    const { answer } = await boundTokens()
    expect(answer.headers.get('access-control-expose-headers')).toMatch(/\bDPoP-Nonce\b/)
  })

  it('tells a machine whose clock is wrong the time, and pages may read it (RFC 9110 §6.6.1)', async () => {
    const late = { dpop: await key.prove(tokenUrl, { now: Date.now() - 3_600_000 }) }
    const refused = await postAs(web, tokenUrl, { grant_type: 'client_credentials' }, late)
    expect(told(refused)).toEqual([400, 'invalid_dpop_proof'])
    expect(Date.parse(refused.headers.get('date') ?? '')).toBeGreaterThan(Date.now() - 30_000)
    expect(refused.headers.get('access-control-expose-headers')?.split(', ')).toContain('Date')
  })

  it('counts no Host header: the proof is for the issuer', async () => {
    const evil = 'https://evil.test/oauth/token'
    const dpop = await key.prove(evil)
    const fields = { grant_type: 'client_credentials' }
    expect(told(await postAs(web, evil, fields, { dpop }))).toEqual([400, 'invalid_dpop_proof'])
    expect((await postAs(web, evil, fields, await proof())).status).toBe(200)
  })
})

describe('a proof that was used (RFC 9449 §11.1)', () => {
  it('redeems no second code, nor the same one, and revokes nothing', async () => {
    const header = await proof()
    const code = await codeFor(web, person)
    const first = await redeem(web, code, header)
    expect(first.status).toBe(200)
    expect(told(await redeem(web, code, header))).toEqual([400, 'invalid_dpop_proof'])
    expect(told(await redeem(web, await codeFor(web, person), header))).toEqual([400, 'invalid_dpop_proof'])
    expect((await useInfo(textOf(first, 'access_token'))).status).toBe(200)
  })

  it('gets one of 20 parallel requests served, at each endpoint', async () => {
    const served = async (requests: () => Promise<Answer>) => {
      const answers = await Promise.all(Array.from({ length: 20 }, requests))
      const refused = answers.filter(({ status }) => status !== 200)
      for (const answer of refused) expect(answer.json['error']).toBe('invalid_dpop_proof')
      return answers.length - refused.length
    }
    const header = await proof()
    expect(await served(() => postAs(web, tokenUrl, { grant_type: 'client_credentials' }, header))).toBe(1)
    const { access, refresh: token } = await boundTokens()
    const forInfo = await infoProof(access)
    expect(await served(() => getUserInfo(`DPoP ${access}`, forInfo))).toBe(1)
    const forRefresh = await proof()
    expect(await served(() => refresh(web, token, forRefresh))).toBe(1)
    const codes = await Promise.all(Array.from({ length: 20 }, () => codeFor(web, person)))
    const forCodes = await proof()
    expect(await served(() => redeem(web, codes.pop() as string, forCodes))).toBe(1)
  })

  it('uses its jti up: another date makes no other proof of it', async () => {
    const { access } = await boundTokens()
    const claims = { jti: crypto.randomUUID() }
    const later = Date.now() + 3_000
    expect((await getUserInfo(`DPoP ${access}`, await infoProof(access, key, { claims }))).status).toBe(200)
    const second = await infoProof(access, key, { claims, now: later })
    expect(told(await getUserInfo(`DPoP ${access}`, second))).toEqual([401, 'invalid_dpop_proof'])
  })

  it('stays used when its object was evicted: nothing depends on an isolate’s memory', async () => {
    const { access } = await boundTokens()
    const header = await infoProof(access)
    expect((await getUserInfo(`DPoP ${access}`, header)).status).toBe(200)
    await evictDurableObject(env.USER_SESSIONS.getByName(person.userId))
    expect(told(await getUserInfo(`DPoP ${access}`, header))).toEqual([401, 'invalid_dpop_proof'])
    const service = await proof()
    const fields = { grant_type: 'client_credentials' }
    expect((await postAs(web, tokenUrl, fields, service)).status).toBe(200)
    await evictDurableObject(env.SINGLE_USE.getByName(`client-assertion:${web.client_id}`))
    expect(told(await postAs(web, tokenUrl, fields, service))).toEqual([400, 'invalid_dpop_proof'])
  })

  it('is forgotten when nobody accepts it any more, without waiting for the alarm', async () => {
    const someone = await addSignedIn()
    const sessions = testDependencies().sessionsOf(someone.userId)
    const answer = await redeem(web, await codeFor(web, someone), await proof())
    const { jti } = decodeJwt(textOf(answer, 'access_token'))
    const now = Date.now()
    for (let use = 0; use < 450; use += 1) {
      const at = now + use * 2000
      const input = { now: at, kind: 'access', jti_hash: String(jti) } as const
      const used = await sessions.useBoundToken({
        ...input,
        proof: { proof_hash: `hash-${use}`, keep_until: at + 60_000 },
      })
      expect(used.status).toBe('live')
    }
    const rows = await runInDurableObject(
      env.USER_SESSIONS.getByName(someone.userId),
      (_, { storage }) =>
        storage.sql
          .exec<{ n: number }>(
            "SELECT count(*) AS n FROM spent_interactions WHERE interaction_id LIKE 'proof %'",
          )
          .one().n,
    )
    // 450 were used; those of the last two minutes are there, and what came since the last sweep.
    expect(rows).toBeLessThan(270)
    expect(rows).toBeGreaterThanOrEqual(60)
  }, 60_000)
})

describe('a bound access token', () => {
  it('is good with its key, at userinfo (§7.1)', async () => {
    const { access } = await boundTokens()
    const info = await useInfo(access)
    expect(info).toMatchObject({ status: 200, json: { sub: person.userId } })
    expect(info.headers.get('dpop-nonce')).toBe(nonce)
    const posted = await send(userInfoUrl, {
      method: 'POST',
      headers: {
        authorization: `DPoP ${access}`,
        dpop: await key.prove(userInfoUrl, { accessToken: access, nonce }),
      },
    })
    expect(posted.status).toBe(200)
  })

  it.each<[string, (access: string, stranger: string) => Promise<Answer>]>([
    ['as a bearer token (§7.2)', (access) => getUserInfo(`Bearer ${access}`)],
    [
      'as a bearer token, with its proof',
      async (access) => getUserInfo(`Bearer ${access}`, await infoProof(access)),
    ],
    [
      'in a form, with its proof',
      async (access) =>
        send(userInfoUrl, {
          method: 'POST',
          headers: { dpop: await key.prove(userInfoUrl, { accessToken: access, nonce }) },
          body: new URLSearchParams({ access_token: access }),
        }),
    ],
    ['with another key', (access) => useInfo(access, other)],
    ['without proof', (access) => getUserInfo(`DPoP ${access}`)],
    [
      'with a proof for no token',
      async (access) =>
        getUserInfo(`DPoP ${access}`, { dpop: await key.prove(userInfoUrl, { method: 'GET', nonce }) }),
    ],
    [
      'with the proof of another token',
      async (access, stranger) => getUserInfo(`DPoP ${access}`, await infoProof(stranger)),
    ],
    [
      'with a proof for another method',
      async (access) => getUserInfo(`DPoP ${access}`, await infoProof(access, key, { method: 'POST' })),
    ],
    [
      'with a proof for another endpoint',
      async (access) =>
        getUserInfo(`DPoP ${access}`, {
          dpop: await key.prove(tokenUrl, { method: 'GET', accessToken: access, nonce }),
        }),
    ],
    [
      'with two proofs',
      async (access) =>
        getUserInfo(`DPoP ${access}`, {
          dpop: `${(await infoProof(access)).dpop}, ${(await infoProof(access)).dpop}`,
        }),
    ],
    [
      'with a nonce that is made up',
      async (access) => getUserInfo(`DPoP ${access}`, await infoProof(access, key, { nonce: 'x' })),
    ],
  ])('is refused %s', async (_, present) => {
    const [{ access }, { access: stranger }] = [await boundTokens(), await boundTokens()]
    const answer = await present(access, stranger)
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toMatch(/\bBearer realm="authly"/)
    expect(answer.headers.get('www-authenticate')).toMatch(/\bDPoP realm="authly".*, algs="ES256 /)
    expect(answer.headers.get('www-authenticate')).toMatch(
      /error="(invalid_token|invalid_dpop_proof|use_dpop_nonce)"/,
    )
    expect(answer.json).not.toHaveProperty('sub')
    // And it is as good as before.
    expect((await useInfo(access)).status).toBe(200)
  })

  it('is what userinfo says it accepts beside bearer tokens (§7.1)', async () => {
    const answer = await send(userInfoUrl)
    expect(answer.headers.get('www-authenticate')).toMatch(
      /^Bearer realm="authly", (resource_metadata="[^"]+"), DPoP realm="authly", \1, algs="ES256 /,
    )
  })

  it('is introspected with its key and its type (§6.2)', async () => {
    const { access } = await boundTokens()
    expect((await introspect(web, access)).json).toMatchObject({
      ...{ active: true, token_type: 'DPoP', cnf: { jkt: key.thumbprint } },
    })
    const bearer = textOf(await redeem(web, await codeFor(web, person)), 'access_token')
    const inspected = await introspect(web, bearer)
    expect(inspected.json).toMatchObject({ active: true, token_type: 'Bearer' })
    expect(inspected.json).not.toHaveProperty('cnf')
  })

  it('is dead when it is revoked, with its key too', async () => {
    const { access } = await boundTokens()
    await postAs(web, `${issuer}/oauth/revoke`, { token: access })
    expect(told(await useInfo(access))).toEqual([401, 'invalid_token'])
  })
})

describe('an access token that is bound to nothing', () => {
  it('is refused with the scheme DPoP: its holder believes it to be protected', async () => {
    const access = textOf(await redeem(web, await codeFor(web, person)), 'access_token')
    expect(told(await useInfo(access))).toEqual([401, 'invalid_token'])
    expect((await getUserInfo(`Bearer ${access}`)).status).toBe(200)
  })
})

describe('refreshing (RFC 9449 §5)', () => {
  it('as a public client needs the same key; anything else changes nothing', async () => {
    const { refresh: token, access } = await boundTokens(spa)
    for (const headers of [await proof(other), {}]) {
      expect(told(await refresh(spa, token, headers))).toEqual([400, 'invalid_grant'])
    }
    // The family lives: neither the token nor what came from it was revoked.
    expect((await useInfo(access)).status).toBe(200)
    const refreshed = await refresh(spa, token, await proof())
    expect(refreshed.json).toMatchObject({ token_type: 'DPoP' })
    expect(decodeJwt(textOf(refreshed, 'access_token'))).toMatchObject({ cnf: { jkt: key.thumbprint } })
  })

  it('as a public client with a stolen, replaced token and another key revokes nothing', async () => {
    const { refresh: token } = await boundTokens(spa)
    const next = await refresh(spa, token, await proof())
    const after = await refresh(spa, next.json['refresh_token'], await proof())
    expect(told(await refresh(spa, token, await proof(other)))).toEqual([400, 'invalid_grant'])
    expect((await refresh(spa, after.json['refresh_token'], await proof())).status).toBe(200)
  })

  it('as a public client whose tokens are bound to nothing needs no key', async () => {
    const answer = await redeem(spa, await codeFor(spa, person))
    expect((await refresh(spa, answer.json['refresh_token'])).json).toMatchObject({ token_type: 'Bearer' })
  })

  it('as a public client that begins to show a key binds the successor to it (§5)', async () => {
    const { json } = await redeem(spa, await codeFor(spa, person))
    const bound = await refresh(spa, json['refresh_token'], await proof())
    expect(bound.json).toMatchObject({ token_type: 'DPoP' })
    // A retry whose answer was lost, with the key; and without it.
    const again = await refresh(spa, json['refresh_token'], await proof())
    expect(again.json['refresh_token']).toBe(bound.json['refresh_token'])
    for (const headers of [{}, await proof(other)]) {
      expect(told(await refresh(spa, bound.json['refresh_token'], headers))).toEqual([400, 'invalid_grant'])
    }
    expect((await refresh(spa, bound.json['refresh_token'], await proof())).status).toBe(200)
  })

  it('with a leaked token that was issued to a key which came later, but without that key, revokes nothing', async () => {
    const { json } = await redeem(spa, await codeFor(spa, person))
    const leaked = await refresh(spa, json['refresh_token'], await proof())
    const next = await refresh(spa, leaked.json['refresh_token'], await proof())
    const after = await refresh(spa, next.json['refresh_token'], await proof())
    for (const token of [leaked, next, after]) {
      for (const headers of [{}, await proof(other)]) {
        expect(told(await refresh(spa, token.json['refresh_token'], headers))).toEqual([400, 'invalid_grant'])
      }
    }
    expect((await refresh(spa, after.json['refresh_token'], await proof())).status).toBe(200)
  })

  /** What a thief of the first token has made of it: with a key of their own, after `unproven` rotations without one. */
  async function stolen(unproven: number, proven: number) {
    const { json } = await redeem(spa, await codeFor(spa, person))
    let taken: unknown = json['refresh_token']
    for (let rotation = 0; rotation < unproven + proven; rotation++) {
      const answer = await refresh(spa, taken, rotation < unproven ? {} : await proof(other))
      expect(answer.status).toBe(200)
      taken = answer.json['refresh_token']
    }
    return { owned: json['refresh_token'], taken }
  }

  it.each([
    [0, 1],
    [0, 2],
    [1, 1],
    [2, 1],
  ])(
    'by a thief who binds a stolen token is noticed when its owner comes back: %i without a key, %i with one',
    async (unproven, proven) => {
      for (const headers of [{}, await proof()]) {
        const { owned, taken } = await stolen(unproven, proven)
        expect(told(await refresh(spa, owned, headers))).toEqual([400, 'invalid_grant'])
        expect(told(await refresh(spa, taken, await proof(other)))).toEqual([400, 'invalid_grant'])
      }
    },
  )

  it('as a confidential client that begins to show a key binds nothing', async () => {
    const { json } = await redeem(web, await codeFor(web, person))
    const shown = await refresh(web, json['refresh_token'], await proof())
    expect((await refresh(web, shown.json['refresh_token'])).json).toMatchObject({ token_type: 'Bearer' })
  })

  it('as a confidential client may change the key', async () => {
    const { refresh: token } = await boundTokens(web)
    const refreshed = await refresh(web, token, await proof(other))
    expect(decodeJwt(textOf(refreshed, 'access_token'))).toMatchObject({ cnf: { jkt: other.thumbprint } })
  })

  it('again with a new proof gets the same successor; with the old proof nothing', async () => {
    for (const client of [web, spa]) {
      const { refresh: token } = await boundTokens(client)
      const header = await proof()
      const first = await refresh(client, token, header)
      const again = await refresh(client, token, await proof())
      expect(again.json['refresh_token']).toBe(first.json['refresh_token'])
      expect(told(await refresh(client, token, header))).toEqual([400, 'invalid_dpop_proof'])
      expect((await refresh(client, first.json['refresh_token'], await proof())).status).toBe(200)
    }
  })

  it('shows in introspection to what key a refresh token is bound', async () => {
    const native = await addTokenClient({ token_endpoint_auth_method: 'none' })
    const { refresh: token } = await boundTokens(native)
    const { introspect: inspect } = await import('../../../src/oauth/introspect.ts')
    const deps = testDependencies()
    const client = await deps.findClient(native.client_id)
    expect(client && (await inspect(deps, client, token))).toMatchObject({
      ...{ active: true, token_type: 'DPoP', cnf: { jkt: key.thumbprint } },
    })
    const { refresh: free } = await boundTokens(web)
    expect((await introspect(web, free)).json).not.toHaveProperty('cnf')
  })
})

describe('dpop_jkt (RFC 9449 §10)', () => {
  it('makes a code that no other key redeems', async () => {
    const code = await codeFor(web, person, { dpop_jkt: key.thumbprint })
    expect(told(await redeem(web, code, await proof(other)))).toEqual([400, 'invalid_grant'])
    expect(told(await redeem(web, code))).toEqual([400, 'invalid_grant'])
    expect((await redeem(web, code, await proof())).json).toMatchObject({ token_type: 'DPoP' })
  })

  it.each(['', 'x', 'x'.repeat(44), `${'A'.repeat(42)}B`, `${'A'.repeat(42)}=`])(
    'that is no thumbprint is refused at authorize: %j',
    async (dpop_jkt) => {
      const query = new URLSearchParams({
        ...{ client_id: web.client_id, redirect_uri: 'https://app.example/callback', response_type: 'code' },
        ...{ scope: 'openid', code_challenge: 'A'.repeat(43), code_challenge_method: 'S256', dpop_jkt },
      })
      const answer = await send(`${issuer}/oauth/authorize?${query}`)
      const location = new URL(answer.headers.get('location') ?? issuer, issuer)
      // An empty parameter counts as absent (RFC 6749 §3.1).
      expect(location.searchParams.get('error')).toBe(dpop_jkt === '' ? null : 'invalid_request')
    },
  )
})

describe('a pushed authorization request with a proof (RFC 9449 §10.1)', () => {
  const parUrl = `${issuer}/oauth/par`
  const push = (client: TokenClient, headers: Record<string, string>, more: Record<string, string> = {}) =>
    postAs(
      client,
      parUrl,
      {
        ...{ redirect_uri: 'https://app.example/callback', response_type: 'code', scope: 'openid' },
        ...{ code_challenge: 'A'.repeat(43), code_challenge_method: 'S256', ...more },
      },
      headers,
    )
  /** What the handle of an answer stands for. */
  const pushedKey = async ({ client_id }: TokenClient, answer: Answer) => {
    const deps = testDependencies()
    const client = await deps.findClient(client_id)
    const parameters = parseParameters(`request_uri=${encodeURIComponent(textOf(answer, 'request_uri'))}`)
    if (!client || !parameters.ok) throw new Error('both must exist')
    const resolved = await pushedRequest.resolve(deps, { parameters: parameters.value, client })
    return resolved.ok ? resolved.value.parameters.get('dpop_jkt') : resolved.error
  }
  const parProof = async (by = key, options: ProofOptions = {}) => ({
    dpop: await by.prove(parUrl, { nonce, ...options }),
  })

  it('stands for dpop_jkt', async () => {
    for (const client of [web, spa]) {
      const answer = await push(client, await parProof())
      expect(answer.status).toBe(201)
      expect(answer.headers.get('dpop-nonce')).toBe(nonce)
      expect(await pushedKey(client, answer)).toBe(key.thumbprint)
      const both = await push(client, await parProof(), { dpop_jkt: key.thumbprint })
      expect(await pushedKey(client, both)).toBe(key.thumbprint)
    }
  })

  it('is refused when it names another key', async () => {
    const answer = await push(web, await parProof(), { dpop_jkt: other.thumbprint })
    expect(told(answer)).toEqual([400, 'invalid_request'])
    expect(answer.headers.get('dpop-nonce')).toBe(nonce)
  })

  it('is refused with a proof for another endpoint, an old one, or none that it needs', async () => {
    expect(told(await push(web, await proof()))).toEqual([400, 'invalid_dpop_proof'])
    const old = await parProof(key, { now: Date.now() - 120_000 })
    expect(told(await push(web, old))).toEqual([400, 'invalid_dpop_proof'])
    expect(told(await push(spa, await parProof(key, { nonce: undefined })))).toEqual([400, 'use_dpop_nonce'])
  })

  it('is served once for a proof, in parallel too', async () => {
    const header = await parProof()
    const answers = await Promise.all(Array.from({ length: 10 }, () => push(web, header)))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    for (const answer of answers.filter(({ status }) => status !== 201)) {
      expect(told(answer)).toEqual([400, 'invalid_dpop_proof'])
    }
  })

  it('without proof is what it was', async () => {
    for (const client of [web, bound]) {
      const answer = await push(client, {})
      expect(answer.status).toBe(201)
      expect(await pushedKey(client, answer)).toBeUndefined()
    }
  })
})

describe('nonces (RFC 9449 §8, §9)', () => {
  it('are demanded of a public client, at the token endpoint and at userinfo', async () => {
    const code = await codeFor(spa, person)
    const asked = await redeem(spa, code, await proof(key, { nonce: undefined }))
    expect(told(asked)).toEqual([400, 'use_dpop_nonce'])
    const given = asked.headers.get('dpop-nonce') as string
    const answer = await redeem(spa, code, await proof(key, { nonce: given }))
    const access = textOf(answer, 'access_token')
    const refused = await getUserInfo(`DPoP ${access}`, await infoProof(access, key, { nonce: undefined }))
    expect(told(refused)).toEqual([401, 'use_dpop_nonce'])
    expect(refused.headers.get('www-authenticate')).toMatch(
      /DPoP realm="authly", resource_metadata="[^"]+", error="use_dpop_nonce"/,
    )
    expect(refused.headers.get('dpop-nonce')).toBe(given)
    expect((await useInfo(access)).status).toBe(200)
  })

  it('of the span before are good, older ones not; another deployment’s never', async () => {
    const root = testDependencies().root
    const at = async (time: number) => (await noncesOf({ root, now: () => time })).current
    const [before, old] = [await at(Date.now() - 300_000), await at(Date.now() - 900_000)]
    const { current: foreign } = await noncesOf({ root: createRootSecret('B'.repeat(43)), now: Date.now })
    const ask = async (given: string) => {
      const headers = await proof(key, { nonce: given })
      return told(await postAs(web, tokenUrl, { grant_type: 'client_credentials' }, headers))
    }
    expect(await ask(before)).toEqual([200, undefined])
    for (const given of [old, foreign]) expect(await ask(given)).toEqual([400, 'use_dpop_nonce'])
  })

  it('end with their span, and a client that is told goes on', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 900_000 })
    try {
      const fields = { grant_type: 'client_credentials' }
      const answer = await postAs(web, tokenUrl, fields, await proof())
      expect(told(answer)).toEqual([400, 'use_dpop_nonce'])
      const next = answer.headers.get('dpop-nonce') as string
      expect(next).not.toBe(nonce)
      expect((await postAs(web, tokenUrl, fields, await proof(key, { nonce: next }))).status).toBe(200)
    } finally {
      vi.useRealTimers()
    }
  })
})
