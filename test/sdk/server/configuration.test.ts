/** An application that is set up wrongly does not start, and is told what to do; secrets are not in what it is told. */
import { type AuthlyServerOptions, createAuthlyServer } from '@authly-server/server'
import { authly as forExpress } from '@authly-server/server/express'
import { authly as forHono } from '@authly-server/server/hono'
import { Hono } from 'hono'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { newSecret, sessionSecret } from './application.ts'

const right: AuthlyServerOptions = {
  ...{ issuer: 'https://login.example', clientId: 'app', clientSecret: 'secret', sessionSecret },
  baseUrl: 'https://app.example',
}
const messageOf = (options: AuthlyServerOptions): string => {
  try {
    createAuthlyServer(options, {})
  } catch (error) {
    expect((error as { code?: string }).code).toBe('invalid_configuration')
    return (error as Error).message
  }
  return 'it starts'
}
afterEach(() => vi.unstubAllEnvs())

describe('an application does not start', () => {
  it.each([
    ['issuer', 'AUTHLY_ISSUER'],
    ['clientId', 'AUTHLY_CLIENT_ID'],
    ['clientSecret', 'AUTHLY_CLIENT_SECRET'],
    ['sessionSecret', 'AUTHLY_SESSION_SECRET'],
    ['baseUrl', 'AUTHLY_BASE_URL'],
  ])('without %s, and is told of %s', (option, variable) => {
    for (const nothing of [undefined, ''])
      expect(messageOf({ ...right, [option]: nothing })).toMatch(
        new RegExp(`${option} is missing.*${variable}`),
      )
  })

  it.each([
    ['short', newSecret().slice(0, 40), /has 30 bytes and needs 32.*openssl rand/],
    ['of words', 'change me please, this is not a secret at all!', /./],
    ['a placeholder', 'a'.repeat(64), /is not random/],
    ['no base64url', `${newSecret()}!`, /is not base64url/],
    ['short in second place', `${newSecret()},short`, /needs 32|base64url/],
  ])('with a session secret that is %s, and does not repeat it', (_name, secret, message) => {
    const said = messageOf({ ...right, sessionSecret: secret })
    expect(said).toMatch(/^invalid_configuration: sessionSecret/)
    expect(said).toMatch(message)
    expect(said).not.toContain(secret)
  })

  it.each<[string, Partial<AuthlyServerOptions>]>([
    ['an issuer over http', { issuer: 'http://login.example' }],
    [
      'a base URL over http: cookies would be there for everybody on the way',
      { baseUrl: 'http://app.example' },
    ],
    ['a base URL that is none', { baseUrl: 'app.example' }],
    ['a base URL with a query', { baseUrl: 'https://app.example/?x=1' }],
    ['a base URL with credentials', { baseUrl: 'https://user:pass@app.example' }],
    ['a scope without openid', { scope: 'profile' }],
    ['an idle time of a moment', { session: { idleSeconds: 1 } }],
    ['an idle time that is no number', { session: { idleSeconds: Number.NaN } }],
    ['an end before the idle time', { session: { idleSeconds: 600, absoluteSeconds: 300 } }],
  ])('with %s', (_name, wrong) => {
    expect(messageOf({ ...right, ...wrong })).toMatch(/^invalid_configuration: /)
  })

  it('in any framework: when it is put together, not with the first request', () => {
    for (const variable of Object.keys(process.env).filter((each) => each.startsWith('AUTHLY_')))
      vi.stubEnv(variable, undefined)
    expect(() => forHono()).toThrow('invalid_configuration')
    expect(() => forExpress()).toThrow('invalid_configuration')
  })
})

describe('an application starts', () => {
  it('with what is right, and with what the environment says', () => {
    expect(messageOf(right)).toBe('it starts')
    expect(() =>
      createAuthlyServer(
        {},
        {
          ...{
            AUTHLY_ISSUER: 'https://login.example',
            AUTHLY_CLIENT_ID: 'app',
            AUTHLY_CLIENT_SECRET: 'secret',
          },
          ...{
            AUTHLY_SESSION_SECRET: `${newSecret()}, ${sessionSecret}=`,
            AUTHLY_BASE_URL: 'http://localhost:3000',
          },
        },
      ),
    ).not.toThrow()
  })

  it('with Hono on the bindings of a request, where the environment comes with it', async () => {
    const bindings: string[] = []
    const app = new Hono()
    app.use(
      forHono((env: { NAME: string }) => {
        bindings.push(env.NAME)
        return right
      }),
    )
    app.get('/', (c) => c.json({ isSignedIn: c.var.auth.isSignedIn }))
    for (let count = 0; count < 2; count++)
      expect(await (await app.request('/', {}, { NAME: 'bound' })).json()).toEqual({ isSignedIn: false })
    expect(bindings).toEqual(['bound'])
  })
})
