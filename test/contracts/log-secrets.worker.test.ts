/**
 * Nothing of what callers send is in the log: secrets through every place of every route, known to the documents, so
 * that a new route is under test as soon as it is described.
 */
import { createExecutionContext, env, runDurableObjectAlarm, waitOnExecutionContext } from 'cloudflare:test'
import { sql } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { describedApp } from '../../scripts/docs/described-app.ts'
import { logEventWords, logFieldWords } from '../../scripts/docs/log-words.ts'
import { routeWords } from '../../scripts/docs/openapi/routes/index.ts'
import { createRunBatch } from '../../src/db/run-batch.ts'
import { describeError } from '../../src/kit/describe-error.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import worker from '../../src/worker.ts'
import { testDatabase, useOwnDatabase } from '../fakes/database.ts'
import { addApplication, addPerson, authorizePath, goodPassword } from '../login/people.ts'
import { addAdmin, type TestActor } from '../worker/admin-client.ts'
import { hearLog, loggingAll } from '../worker/hear-log.ts'
import { useSettings } from '../worker/local-settings.ts'
import { adminOperations, type DocumentedOperation } from './openapi/document.ts'
import { exampleOf } from './openapi/violations.ts'
import { type RegisteredClient, registerClient } from './worker-client.ts'

const issuer = 'https://auth.test'
let logging: Env
const log = hearLog()

/** In every secret, so that none is missed; no encoding of a URL, of JSON or of HTML changes it. */
const mark = 's3cr3t'
let count = 0
/** Different each time, so that nothing hides among repetitions. */
const secret = (): string => `${mark}${(count++).toString(36)}x`

/** Of each request another one, also because limits are per address; no line may show it. */
const address = (): string => `203.0.${113 + (count >> 8)}.${count++ & 255}`

async function send(method: string, path: string, init: RequestInit = {}): Promise<Response> {
  const ctx = createExecutionContext()
  const headers = new Headers(init.headers)
  if (!headers.has('cf-connecting-ip')) headers.set('cf-connecting-ip', address())
  const request = new Request(issuer + path, { redirect: 'manual', method, ...init, headers })
  const response = await worker.fetch(request, logging, ctx)
  // A stream would last as long as its reader.
  if (response.headers.get('content-type')?.includes('event-stream')) await response.body?.cancel()
  await waitOnExecutionContext(ctx)
  return response
}

/** Each header that any route reads, and some that none does. */
const secretHeaders = (): Record<string, string> => ({
  authorization: `Bearer ${secret()}`,
  cookie: ['authly_session', 'authly_browser', 'authly_devices', 'authly_csrf', 'other']
    .flatMap((name) => [`${name}=${secret()}`, `__Host-${name}=${secret()}`])
    .join('; '),
  accept: `text/html, x/${secret()}`,
  'accept-language': `de;q=${secret()}`,
  baggage: `user=${secret()}`,
  'content-digest': `sha-256=:${secret()}:`,
  dpop: secret(),
  'idempotency-key': `"${secret()}"`,
  'if-match': `"${secret()}"`,
  'if-none-match': `"${secret()}"`,
  'last-event-id': secret(),
  origin: `https://${secret()}.example`,
  referer: `https://app.example/?code=${secret()}`,
  'sec-websocket-protocol': `authly.bearer, ${secret()}`,
  signature: `sig=:${secret()}:`,
  'signature-input': `sig=("@method");keyid="${secret()}"`,
  traceparent: secret(),
  tracestate: `vendor=${secret()}`,
  'user-agent': `Firefox ${secret()}`,
  'x-api-key': secret(),
  'x-forwarded-for': secret(),
  // One of 64 characters and no stranger ones would be meant for the log.
  'x-request-id': `${secret()}: ${secret()}`,
})

/** As the value of each of these, and as a name of its own. */
const secretFields = (names: Iterable<string>): URLSearchParams =>
  new URLSearchParams([...[...names].map((name) => [name, secret()]), [secret(), secret()]])

function expectSilence(): void {
  expect(log.texts.length).toBeGreaterThan(0)
  for (const text of log.texts) {
    expect(text).not.toContain(mark)
    expect(text).not.toMatch(/203\.0\.\d+\.\d+/)
    expect(text).not.toMatch(/argon2id|authly_(?:rt|cs|ss)_|eyJ[\w-]+\.eyJ/)
  }
  for (const line of log.lines) {
    expect(Object.keys(logFieldWords)).toEqual(expect.arrayContaining(Object.keys(line)))
    expect(logEventWords[line.event].level).toBe(line.level)
    expect(line).toMatchObject({ region: 'local', time: expect.stringMatching(/^\d{4}-.*Z$/) })
  }
  expect(log.lines.length).toBe(log.texts.length)
}

const commonNames = [
  ...[
    'access_token',
    'assertion',
    'client_assertion',
    'client_secret',
    'code',
    'code_verifier',
    'csrf_token',
  ],
  ...['email', 'id_token_hint', 'identifier', 'interaction', 'link', 'login_hint', 'nonce', 'password'],
  ...['refresh_token', 'state', 'token', 'username'],
]

const document = describedApp().getOpenAPI31Document({ openapi: '3.1.0', info: { title: '', version: '' } })
const words = routeWords({})
const protocolRoutes = Object.entries(document.paths ?? {})
  .filter(([path]) => !path.startsWith('/admin'))
  .flatMap(([path, item]) =>
    Object.entries(item as Record<string, { operationId: string }>).map(([method, { operationId }]) => ({
      ...{ method: method.toUpperCase(), path, words: words[operationId] },
    })),
  )

let client: RegisteredClient
let admin: TestActor

beforeAll(async () => {
  // Settings that these operations change are the whole server's.
  await useOwnDatabase()
  logging = loggingAll(env, { AUTHLY_LOG_ADDRESSES: 'none' })
  client = await registerClient('client_secret_basic', {
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
  })
  admin = await addAdmin()
})

describe.each(protocolRoutes)('$method $path', ({ method, path, words }) => {
  const fill = () => path.replaceAll(/\{\w+\}/g, secret)
  const queryNames = new Set([...commonNames, ...(words?.query ?? []).map(({ name }) => name)])
  const formNames = new Set([...commonNames, ...(words?.form ?? []).map(({ name }) => name)])
  const basic = () => ({ authorization: `Basic ${btoa(`${client.client_id}:${client.secret}`)}` })

  it('logs nothing of a query, a header, a cookie or a path', async () => {
    await send(method, `${fill()}?${secretFields(queryNames)}`)
    await send(method, `${fill()}?${secret()}`)
    await send(method, fill(), { headers: secretHeaders() })
    await send(method, `${fill()}/${secret()}?${secretFields(queryNames)}`, { headers: secretHeaders() })
    await send(method, `/${secret()}${fill()}`)
    for (const other of ['PUT', 'DELETE', 'OPTIONS', 'HEAD']) await send(other, `${fill()}?${secret()}`)
    for (const name of [...queryNames, secret()]) {
      await send(method, `${fill()}?${name}=${secret()}&${name}=${secret()}`)
      await send(method, `${fill()}?client_id=${client.client_id}&${name}=${secret()}&${name}=${secret()}`)
    }
    expectSilence()
  })

  it('logs nothing of a body, in whatever format', async () => {
    const same = { origin: issuer, 'sec-fetch-site': 'same-origin' }
    const form = 'application/x-www-form-urlencoded'
    for (const headers of [{}, same, basic(), { ...secretHeaders(), ...same }]) {
      await send('POST', fill(), { headers, body: secretFields(formNames) })
    }
    for (const name of [...formNames, secret()]) {
      const repeated = new URLSearchParams([
        [name, secret()],
        [name, secret()],
      ])
      await send('POST', fill(), { headers: { ...same, ...basic() }, body: repeated })
    }
    for (const { name, values = [] } of words?.form ?? []) {
      // The request gets further with a value that exists.
      for (const value of values) {
        const body = secretFields(formNames)
        body.set(name, value)
        await send('POST', fill(), { headers: { ...same, ...basic() }, body })
      }
    }
    for (const type of ['application/json', 'text/plain', form, `x/${mark}`, `${form}; charset=${mark}`]) {
      const body = `{"password":"${secret()}","%zz=${secret()}`
      await send('POST', fill(), { headers: { ...same, 'content-type': type }, body })
    }
    expectSilence()
  })
})

const grantTypes = ['authorization_code', 'refresh_token', 'client_credentials', 'password', mark]

describe('a grant', () => {
  it.each(grantTypes)('%s that is refused logs nothing it was asked with', async (grant_type) => {
    for (const authorization of [
      `Basic ${btoa(`${client.client_id}:${client.secret}`)}`,
      `Basic ${btoa(`${client.client_id}:${secret()}`)}`,
      `Basic ${btoa(`${secret()}:${secret()}`)}`,
      `Basic ${secret()}`,
    ]) {
      for (const prefix of ['', 'authly_rt_', 'eyJhbGciOiJFUzI1NiJ9.']) {
        const fields = secretFields(['code', 'refresh_token', 'code_verifier', 'redirect_uri', 'scope'])
        fields.set('grant_type', grant_type)
        fields.set('refresh_token', `${prefix}${secret()}`)
        await send('POST', '/oauth/token', { headers: { authorization }, body: fields })
      }
    }
    expectSilence()
  })
})

/** Secrets in place of all texts of an example. */
function withSecrets(value: unknown): unknown {
  if (typeof value === 'string') return secret()
  if (Array.isArray(value)) return value.map(withSecrets)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withSecrets(member)]))
}

/** The example with a secret in place of one text, and with one that nobody asked for. */
function* changedExamples(example: unknown): Iterable<unknown> {
  yield withSecrets(example)
  if (example === null || typeof example !== 'object' || Array.isArray(example)) return
  for (const key of Object.keys(example)) yield { ...example, [key]: withSecrets(secret()) }
  yield { ...example, [secret()]: secret() }
  yield { [secret()]: { [secret()]: [secret()] } }
}

/** What the schema of a body would accept anywhere in it. */
const fullExample = (operation: DocumentedOperation): unknown => {
  const schema = operation.body['application/json']
  if (!schema) return undefined
  const whole = exampleOf(schema) as object
  const optional = Object.entries(schema.properties ?? {}).map(([name, part]) => [name, exampleOf(part)])
  return { ...Object.fromEntries(optional), ...whole }
}

describe.each(adminOperations)('$operationId', (operation) => {
  const { method, path } = operation
  const fill = () => path.replaceAll(/\{\w+\}/g, secret)
  const bearer = () => ({ authorization: `Bearer ${admin.token}` })
  const queryNames = operation.parameters.filter((one) => one.in === 'query').map(({ name }) => name)

  it('logs nothing of what it is asked, by whomever', async () => {
    for (const headers of [bearer(), {}, secretHeaders(), { ...secretHeaders(), ...bearer() }]) {
      await send(method, fill(), { headers })
      await send(method, `${fill()}?${secretFields(queryNames)}`, { headers })
      await send(method, `${fill()}/${secret()}?${secretFields(queryNames)}`, { headers })
    }
    for (const name of queryNames) await send(method, `${fill()}?${name}=${secret()}`, { headers: bearer() })
    await send(method, `${fill()}?${secret()}`, { headers: bearer() })
    expectSilence()
  })

  const types = Object.keys(operation.body)
  if (types.length === 0) return
  it('logs nothing of a body', async () => {
    const headers = { ...bearer(), 'if-match': '*', 'content-type': types[0] ?? '' }
    for (const body of changedExamples(fullExample(operation))) {
      await send(method, fill(), { headers, body: JSON.stringify(body) })
    }
    for (const body of [`{"${secret()}`, `username,${secret()}\n${secret()},${secret()}\n`, secret()]) {
      await send(method, fill(), { headers, body })
    }
    expectSilence()
  })
})

describe('what succeeds', () => {
  // The operations before have changed what a sign-in asks for.
  beforeAll(() => useSettings({}))

  it('logs nothing of a sign-in, its code, its tokens and its cookies', async () => {
    const person = await addPerson()
    const application = await addApplication()
    const sent = [person.email, person.username, person.id, goodPassword]
    const cookies = new Map<string, string>()
    const browse = async (method: 'GET' | 'POST', path: string, body?: URLSearchParams) => {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
      const headers = { cookie, origin: issuer, accept: 'text/html' }
      const response = await send(method, path, { headers, ...(body && { body }) })
      for (const line of response.headers.getSetCookie()) {
        const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=')
        cookies.set(name, value)
        if (value) sent.push(value)
      }
      return { html: await response.text(), location: response.headers.get('location') ?? '' }
    }
    /** Of the first form: a page of a sign-in has one for a passkey, too. */
    const hidden = (html: string) =>
      new URLSearchParams(
        [
          ...(html.split('</form>')[0] ?? '').matchAll(
            /<input type="hidden" name="([^"]*)" value="([^"]*)"/g,
          ),
        ].map(([, name = '', value = '']) => [name, value]),
      )
    const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
    let page = await browse('GET', authorizePath(application, { state: secret(), nonce: secret() }))
    page = await browse('GET', page.location)
    const login = hidden(page.html)
    sent.push(...login.values())
    login.set('identifier', person.email)
    login.set('password', goodPassword)
    page = await browse('POST', '/login', login)
    while (page.location.startsWith('/')) page = await browse('GET', page.location)
    const consent = hidden(page.html)
    consent.set('decision', 'allow')
    page = await browse('POST', '/consent', consent)
    while (page.location.startsWith('/')) page = await browse('GET', page.location)
    const code = new URL(page.location).searchParams.get('code') ?? ''
    expect(code).not.toBe('')
    const tokens = await send('POST', '/oauth/token', {
      body: new URLSearchParams({
        ...{ grant_type: 'authorization_code', code, client_id: application, code_verifier: verifier },
        redirect_uri: 'https://app.test/cb',
      }),
    })
    const { access_token, id_token } = (await tokens.json()) as Record<string, string>
    expect(tokens.status).toBe(200)
    const bearer = { authorization: `Bearer ${access_token}` }
    expect((await send('GET', '/oidc/userinfo', { headers: bearer })).status).toBe(200)
    for (const value of [...sent, code, verifier, access_token, id_token]) {
      expect(value).toBeTruthy()
      for (const text of log.texts) expect(text).not.toContain(value)
    }
    const routes = log.lines.filter(({ outcome }) => outcome === 'success').map(({ route }) => route)
    expect(routes).toEqual(expect.arrayContaining(['/oauth/authorize', '/login', '/consent', '/oauth/token']))
    expectSilence()
  })

  it('logs nothing of an account, its password and its history', async () => {
    const { token } = await addAdmin()
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const email = `${secret()}@example.test`
    const created = await send('POST', '/admin/users', {
      headers,
      body: JSON.stringify({
        ...{ username: secret(), email, profile: { name: secret() } },
        setup: { method: 'invitation' },
      }),
    })
    expect(created.status, await created.clone().text()).toBe(201)
    const user = (await created.json()) as { id: string }
    for (const path of [
      `/admin/users/${user.id}`,
      `/admin/users?username=${secret()}`,
      `/admin/users?q=${encodeURIComponent(email)}`,
      `/admin/audit/search?q=${encodeURIComponent(email)}`,
    ]) {
      expect((await send('GET', path, { headers })).status, path).toBe(200)
    }
    const imported = await send('POST', '/admin/users/import', {
      headers: { ...headers, 'content-type': 'text/csv' },
      body: `username,email\n${secret()},${secret()}@example.test\n${secret()},${secret()}\n`,
    })
    expect(imported.status, await imported.clone().text()).toBe(202)
    const job = (await imported.json()) as { id: string }
    const stub = env.JOB.getByName(job.id)
    for (let turn = 0; turn < 30 && !(await stub.progress())?.finished_at; turn++) {
      await runDurableObjectAlarm(stub)
    }
    expect(await stub.progress()).toMatchObject({ succeeded: 1, failed: 1 })
    for (const text of log.texts) expect(text).not.toContain(user.id)
    expect(log.lines.map(({ route }) => route)).toContain('/admin/users/{user_id}')
    expectSilence()
  })
})

describe('what Postgres refuses', () => {
  const taken = () => ({ id: uuidv7(), username: secret(), email: `${secret()}@example.test` })

  it.each([
    ['a text that is no UUID', () => sql`select ${secret()}::uuid`],
    ['a text that is no number', () => sql`select ${secret()}::int`],
    ['a text that is no time', () => sql`select ${secret()}::timestamptz`],
    ['a text that is no JSON', () => sql`select ${`{"${secret()}`}::jsonb`],
    ['a text that is no address', () => sql`select ${secret()}::inet`],
    ['a text that is no expression', () => sql`select 'x' ~ ${`(${secret()}`}`],
    ['a text where none fits', () => sql`insert into users (id, username) values (${secret()}, ${secret()})`],
    [
      'an account that exists',
      () => {
        const { id, username, email } = taken()
        const row = sql`(${id}, ${username}, ${email})`
        return sql`insert into users (id, username, email) values ${row}, ${row}`
      },
    ],
  ])('is described without %s', async (_, statement) => {
    const error = await createRunBatch(testDatabase())([statement()]).then(
      () => undefined,
      (failure: unknown) => failure,
    )
    expect(error).toBeInstanceOf(Error)
    const text = describeError(error)
    expect(text).toMatch(/NeonDbError: \w/)
    expect(text).not.toContain(mark)
  })
})
