/** Every route of the OpenAPI document exists, survives empty and hostile requests, and says what it documents. */

import { beforeAll, describe, expect, it } from 'vitest'
import { describedApp } from '../../scripts/docs/described-app.ts'
import { postForm, present, registerClient, send } from './worker-client.ts'

type Operation = { summary?: string; tags?: string[]; responses: Record<string, unknown> }

const whole = describedApp()
const document = whole.getOpenAPI31Document({ openapi: '3.1.0', info: { title: 'Authly', version: '0' } })
const routes = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
  Object.entries(item as Record<string, Operation>).map(([method, operation]) => ({
    ...{ path, method: method.toUpperCase(), operation },
  })),
)

/** RFC 6749 appendix A.7, A.8. */
const errorText = /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/

async function expectWellFormedError(response: Response): Promise<void> {
  const type = response.headers.get('content-type') ?? ''
  if (response.status < 400 || !type.includes('json')) return
  const body = (await response.json()) as Record<string, unknown>
  if (type === 'application/problem+json') {
    expect(body).toMatchObject({ status: response.status, title: expect.stringMatching(errorText) })
    return
  }
  expect(body['error']).toMatch(errorText)
  expect(body['error_description']).toMatch(errorText)
  expect(Object.keys(body).sort()).toEqual(['error', 'error_description'])
  expect(response.headers.get('cache-control')).toBe('no-store')
}

describe('the OpenAPI document', () => {
  it('has every route the app answers but the home page, what pages are made of and what providers of messages call, and no other', () => {
    const mounted = whole.routes
      .filter(({ method, path }) => method !== 'ALL' && path !== '/' && !/^\/(assets|delivery)\//.test(path))

      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
    expect([...new Set(mounted)].sort()).toEqual(routes.map(({ method, path }) => `${method} ${path}`).sort())
  })

  it.each(routes)('says in words what $method $path is for and answers', ({ operation }) => {
    expect(operation.summary).toMatch(/\w/)
    expect(operation.tags?.length).toBe(1)
    expect(Object.keys(operation.responses).length).toBeGreaterThan(0)
  })
})

/** The admin API has its own contracts, in its own error format: admin-operations.worker.test.ts. */
const protocolRoutes = routes.filter(({ path }) => !path.startsWith('/admin'))

describe.each(protocolRoutes)('$method $path', ({ method, path, operation }) => {
  const target = path.replace(/\{\w+\}/g, 'x')
  const isDocumented = (response: Response) =>
    Object.keys(operation.responses).includes(String(response.status))

  it('answers an empty request with something it documents, never 5xx', async () => {
    const response = await send(target, { method })
    const isParameterised = target !== path
    // Metrics are switched off here, and say of themselves that they are not there then.
    const maybeAbsent = isParameterised || '404' in operation.responses
    if (!maybeAbsent) expect(response.status).not.toBe(404)
    expect(response.status).toBeLessThan(500)
    expect(
      isDocumented(response) || (isParameterised && response.status === 404),
      String(response.status),
    ).toBe(true)
    await expectWellFormedError(response)
  })

  it('answers other methods with 404 or 405, never with its own work or 5xx (RFC 9110 §15.5.6)', async () => {
    for (const other of ['PUT', 'DELETE', 'PATCH']) {
      const response = await send(target, { method: other })
      expect([404, 405]).toContain(response.status)
      await expectWellFormedError(response)
    }
  })

  const hostile: readonly (readonly [string, string])[] = [
    ['bad percent-encoding', '%ff=%zz&%'],
    ['control characters', 'x=%00%0d%0a'],
    ['a quote and a backslash in a name', '%22%5c=1&%22%5c=2'],
    ['emoji in a name', '%F0%9F%90%8E=1&%F0%9F%90%8E=2'],
    ['a thousand parameters', Array.from({ length: 1000 }, (_, index) => `a${index}=1`).join('&')],
    ['prototype names', '__proto__=1&constructor=2&toString=3'],
  ]
  it.each(hostile)(
    'answers %s with something it documents, never 5xx, and with a well-formed error',
    async (_, text) => {
      const init: RequestInit =
        method === 'POST'
          ? { method, body: text, headers: { 'content-type': 'application/x-www-form-urlencoded' } }
          : { method }
      const response = await send(method === 'POST' ? target : `${target}?${text}`, init)
      expect(isDocumented(response), String(response.status)).toBe(true)
      await expectWellFormedError(response)
    },
  )
})

describe('error bodies of authenticated requests (RFC 6749 §5.2)', () => {
  let credentials: ReturnType<typeof present>
  beforeAll(async () => {
    const types = ['authorization_code', 'refresh_token', 'client_credentials']
    const client = await registerClient('client_secret_basic', { grant_types: types })
    credentials = present('client_secret_basic', client)
  })

  it.each<Record<string, string>>([
    { grant_type: 'žluťoučký' },
    { grant_type: 'a"b\\c' },
    { grant_type: 'client_credentials', scope: '"' },
    { grant_type: 'client_credentials', scope: 'ž' },
    { grant_type: 'client_credentials', resource: '🐎' },
    { grant_type: 'authorization_code', code: '"\\' },
    { grant_type: 'authorization_code', code: '🐎' },
    { grant_type: 'refresh_token', refresh_token: 'authly_rt_"\\.🐎' },
    { grant_type: 'refresh_token', refresh_token: 'authly_rt_' },
    { grant_type: 'refresh_token', refresh_token: `authly_rt_${'.'.repeat(500)}` },
  ])('keep to the grammar for %j', async (fields) => {
    const response = await postForm('/oauth/token', fields, credentials.headers)
    expect(response.status).toBe(400)
    await expectWellFormedError(response)
  })
})
