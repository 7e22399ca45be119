/**
 * Against a stand-in written from the documentation of Turnstile
 * (https://developers.cloudflare.com/turnstile/get-started/server-side-validation/): a POST of `secret`, `response` and
 * `remoteip`; JSON with `success`, `hostname`, `cdata` and `error-codes`; a token counts once.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseConfig } from '../../src/config.ts'
import { parseParameters } from '../../src/protocol/parameters.ts'
import { createTurnstile, turnstileField } from '../../src/registration/challenge/turnstile.ts'

const secretKey = '1x0000000000000000000000000000000AA'
const environment = {
  AUTHLY_ISSUER: 'https://auth.test',
  AUTHLY_ROOT_SECRET: 'dGVzdC1yb290LXNlY3JldC10ZXN0LXJvb3Qtc2VjcmV0LTAwMQ',
  DATABASE_URL: 'postgres://user:password@db.example.com/authly',
}
const used = new Set<string>()
const asked: URLSearchParams[] = []

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const form = new URLSearchParams(Buffer.concat(chunks).toString())
    asked.push(form)
    const [kind = '', hostname, cdata] = (form.get('response') ?? '').split(' ')
    const refuse = (code: string) =>
      response.end(JSON.stringify({ success: false, 'error-codes': [code], hostname, cdata }))
    if (kind === 'broken') return response.writeHead(500).end('<h1>no</h1>')
    if (kind === 'elsewhere') return response.writeHead(307, { location: '/turnstile/v0/siteverify' }).end()
    if (form.get('secret') !== secretKey) return refuse('invalid-input-secret')
    if (kind === 'bad') return refuse('invalid-input-response')
    if (used.has(form.get('response') ?? '')) return refuse('timeout-or-duplicate')
    used.add(form.get('response') ?? '')
    return response.end(JSON.stringify({ success: true, hostname, cdata, action: '' }))
  })
})

let url: string
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/turnstile/v0/`
})
afterAll(() => server.close())

const origin = { ip: '203.0.113.9' } as Parameters<ReturnType<typeof createTurnstile>['isSolved']>[2]
const formOf = (token: string | undefined) => {
  const parsed = parseParameters(
    token === undefined ? '' : new URLSearchParams({ [turnstileField]: token }).toString(),
  )
  if (!parsed.ok) throw new Error(parsed.error)
  return parsed.value
}
const isSolved = (token: string | undefined, subject = 'abc') =>
  createTurnstile({ siteKey: '1x00000000000000000000AA', secretKey, url }, 'auth.test', fetch).isSolved(
    formOf(token),
    subject,
    origin,
  )

describe('Turnstile', () => {
  it('takes a token of this site for this address, once', async () => {
    expect(await isSolved('good auth.test abc')).toBe(true)
    expect(Object.fromEntries(asked.at(-1) ?? [])).toMatchObject({
      remoteip: '203.0.113.9',
      secret: secretKey,
    })
    expect(await isSolved('good auth.test abc')).toBe(false)
  })

  it.each([
    ['no token', undefined],
    ['a token that it refuses', 'bad auth.test abc'],
    ['Attack: a token of another site', 'good evil.test abc'],
    ['Attack: a token solved for another address', 'good auth.test other'],
    ['an answer that is none', 'broken'],
    ['Attack: a redirect that takes the secret elsewhere', 'elsewhere'],
    ['a token longer than any', `good auth.test ${'a'.repeat(3000)}`],
  ])('refuses %s', async (_name, token) => {
    expect(await isSolved(token)).toBe(false)
  })

  it('lets nobody through while it cannot be reached', async () => {
    const challenge = createTurnstile(
      { siteKey: '1x00000000000000000000AA', secretKey, url: 'http://127.0.0.1:1/' },
      'auth.test',
      fetch,
    )
    expect(await challenge.isSolved(formOf('good auth.test abc'), 'abc', origin)).toBe(false)
  })
})

describe('its configuration', () => {
  it('is both keys or none, and asks nobody but Cloudflare', () => {
    const keys = {
      AUTHLY_TURNSTILE_SITE_KEY: '1x00000000000000000000AA',
      AUTHLY_TURNSTILE_SECRET_KEY: secretKey,
    }
    expect(parseConfig({ ...environment, ...keys }).turnstile?.url).toBe(
      'https://challenges.cloudflare.com/turnstile/v0/',
    )
    expect(() =>
      parseConfig({ ...environment, AUTHLY_TURNSTILE_SITE_KEY: keys.AUTHLY_TURNSTILE_SITE_KEY }),
    ).toThrow('belong together')
    expect(() =>
      parseConfig({ ...environment, ...keys, AUTHLY_TURNSTILE_URL: 'https://evil.test/' }),
    ).toThrow('must be a loopback address')
  })
})
