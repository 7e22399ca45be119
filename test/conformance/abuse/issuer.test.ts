/** The issuer is configured: nothing a caller sends moves a URL or a claim (RFC 8414 §2, RFC 9207, CWE-644). */
import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { addClient, addUser, issuer, rp } from '../authly.ts'
import type { Tokens } from '../relying-party.ts'
import type { SeededClient } from '../seed.ts'
import type { UserAgent } from '../user-agent.ts'
import { type Answer, sendRaw } from '../wire.ts'

const lies: readonly (readonly [string, Record<string, string>])[] = [
  ['Host', { host: 'evil.test' }],
  ['Host with a port', { host: 'evil.test:1234' }],
  ['X-Forwarded-Host', { 'x-forwarded-host': 'evil.test', 'x-forwarded-proto': 'https' }],
  ['X-Forwarded-Port and -Prefix', { 'x-forwarded-port': '1', 'x-forwarded-prefix': '/evil.test' }],
  ['Forwarded (RFC 7239)', { forwarded: 'host=evil.test;proto=https' }],
  ['X-Original-URL', { 'x-original-url': 'https://evil.test/', 'x-rewrite-url': 'https://evil.test/' }],
  ['Origin and Referer', { origin: 'https://evil.test', referer: 'https://evil.test/' }],
]

let client: SeededClient
let agent: UserAgent
beforeAll(async () => {
  client = await addClient()
  agent = await rp.signedInAgent(client, await addUser())
})

const fetchWith = (path: string, headers: Record<string, string>): Promise<Answer> =>
  sendRaw(issuer, { path, headers })

describe.each(lies)('a request that lies by %s', (_, headers) => {
  it('gets the same metadata and keys', async () => {
    for (const path of [
      ...['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server'],
      '/.well-known/jwks.json',
    ]) {
      const honest = await fetchWith(path, {})
      const answer = await fetchWith(path, headers)
      expect(answer.text).toBe(honest.text)
      expect(answer.text).not.toContain('evil.test')
    }
  })

  it('gets a code from the same issuer, and tokens that name it', async () => {
    const page = await agent.request(rp.authorizeUrl(client), { headers })
    expect(page.location?.searchParams.get('iss')).toBe(issuer)
    const tokens = (await rp.redeem(client, page.location?.searchParams.get('code') ?? '')).json as Tokens
    expect(decodeJwt(tokens.id_token).iss).toBe(issuer)
    expect(decodeJwt(tokens.access_token)).toMatchObject({ iss: issuer, aud: issuer })
  })

  it('is sent to no other host for signing in, and reads no foreign URL on a page', async () => {
    const url = new URL(rp.authorizeUrl(client))
    const toLogin = await fetchWith(`${url.pathname}${url.search}`, headers)
    expect(toLogin.status).toBe(303)
    expect(toLogin.headers.get('location')).toMatch(/^\/login\?/)
    const login = await fetchWith('/login', headers)
    expect(login.status).toBe(200)
    expect(login.text).not.toContain('evil.test')
    expect([...login.headers].join()).not.toContain('evil.test')
  })
})

describe('the issuer', () => {
  it('is in every URL of the metadata (RFC 8414 §2)', async () => {
    const metadata = (await fetchWith('/.well-known/openid-configuration', {})).json ?? {}
    expect(metadata['issuer']).toBe(issuer)
    const urls = Object.entries(metadata).filter(([name]) => /_(endpoint|uri)$/.test(name))
    expect(urls.length).toBeGreaterThanOrEqual(7)
    for (const [, url] of urls) expect(url).toMatch(new RegExp(`^${issuer}/`))
  })

  it('is in success and error responses alike, against mix-up (RFC 9207 §2)', async () => {
    const metadata = (await fetchWith('/.well-known/openid-configuration', {})).json
    expect(metadata?.['authorization_response_iss_parameter_supported']).toBe(true)
    for (const changes of [{}, { response_type: 'token' }, { prompt: 'none', max_age: '0' }]) {
      const page = await rp.authorize(client, changes, agent)
      expect(page.location?.searchParams.getAll('iss')).toEqual([issuer])
    }
  })

  it('cannot be asked for: an iss parameter is not echoed (RFC 9207 §2)', async () => {
    const page = await rp.authorize(client, { iss: 'https://evil.test' }, agent)
    expect(page.location?.searchParams.getAll('iss')).toEqual([issuer])
  })
})
