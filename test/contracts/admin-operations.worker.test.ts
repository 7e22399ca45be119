/**
 * What every admin operation must keep, taken from the OpenAPI document: a new operation is under test as soon as
 * it is in its folder's list. Requests here never succeed in changing anything; `callAdmin` itself checks that
 * each response is a documented one.
 */
import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, test } from 'vitest'
import { permissionNames } from '../../src/access/permissions.ts'
import { operations } from '../../src/admin/operations.ts'
import { clients, users } from '../../src/db/schema.ts'
import { issueAccessToken } from '../../src/tokens/access-token.ts'
import { serviceTokenId } from '../../src/tokens/token-id.ts'
import { testDatabase } from '../fakes/database.ts'
import {
  addAdmin,
  addServiceAccount,
  callAdmin,
  type TestActor,
  testDependencies,
} from '../worker/admin-client.ts'
import { useSettings } from '../worker/local-settings.ts'
import {
  adminOperations,
  adminSchemas,
  type DocumentedOperation,
  faultsOf,
  type JsonSchema,
  operationOf,
} from './openapi/document.ts'
import { bodyViolations, exampleOf, parameterViolations } from './openapi/violations.ts'

// How recent a sign-in must be is one of them, and another file changes it meanwhile.
beforeAll(() => useSettings({}))

/** Bodies that the schema alone cannot tell: rules between properties. By operationId. */
const bodies: Readonly<Record<string, unknown>> = {
  createUser: { username: 'contract-nobody', setup: { method: 'invitation' } },
  bulkUpdateUsers: {
    filter: { username: 'contract-nobody' },
    patch: { email_verified: true },
    dry_run: true,
  },
}
/** Query parameters that an operation cannot do without. By operationId. */
const queries: Readonly<Record<string, string>> = { searchAuditEvents: '?q=nobody' }
/** Histories: they outlive whom they are about, so an unknown id has an empty one. */
const histories = new Set(['listUserAuditEvents', 'listAdminAuditEvents'])

const uploads: Readonly<Record<string, string>> = {
  'text/csv': 'username\ncontract\n',
  'application/x-ndjson': '{"username":"contract"}\n',
  'application/jsonl': '{"username":"contract"}\n',
}

interface Call {
  readonly path?: string
  readonly query?: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly ip?: string
}

const definitionOf = ({ operationId }: DocumentedOperation) => {
  const definition = operations.find(({ id }) => id === operationId)
  if (!definition) throw new Error(`${operationId} is documented but not in the list`)
  return definition
}

const jsonBodyOf = ({ body }: DocumentedOperation) => body['application/json']
const uploadTypeOf = (operation: DocumentedOperation): string | undefined =>
  definitionOf(operation).upload?.contentTypes[0]

/** Of any shape that ids have, and nobody has them. */
const idsOfNothing = [
  '019a8f5e-0000-7000-8000-00000000dead',
  'no_such_thing',
  'no-such-thing',
  'nothing:there',
  'https://nothing.example',
  'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  '4711',
]

const idOfNothing = (schema: JsonSchema): string | undefined =>
  idsOfNothing.find((text) => faultsOf(schema, text).length === 0)

const pathSchemas = ({ parameters }: DocumentedOperation): ReadonlyMap<string, JsonSchema> =>
  new Map(parameters.filter((one) => one.in === 'path').map(({ name, schema }) => [name, schema]))

/** The path with well-formed ids of nothing; where names are a closed list, with one of those. */
const pathOf = (operation: DocumentedOperation): string =>
  operation.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const schema = pathSchemas(operation).get(name) ?? {}
    return encodeURIComponent(idOfNothing(schema) ?? String(exampleOf(schema)))
  })

/** Paths of nothing: well-formed ids where there can be some, and malformed ones. */
function pathsOfNothing(operation: DocumentedOperation): readonly string[] {
  const malformed = ['no_such_thing', 'x'.repeat(300), '%00', '%F0%9F%90%8E', "'--", '%2e%2e%2f', 'A B']
  const paths = malformed.map((id) => operation.path.replaceAll(/\{\w+\}/g, id))
  const isOpen = [...pathSchemas(operation).values()].every((schema) => idOfNothing(schema) !== undefined)
  return isOpen ? [pathOf(operation), ...paths] : paths
}

const exampleBody = (operation: DocumentedOperation): unknown => {
  const upload = uploadTypeOf(operation)
  if (upload !== undefined) return uploads[upload] ?? 'x'
  const schema = jsonBodyOf(operation)
  return bodies[operation.operationId] ?? (schema && exampleOf(schema))
}

/** A request that only the permission, or the thing itself, is missing for. */
function call(
  actor: Pick<TestActor, 'token'> | undefined,
  operation: DocumentedOperation,
  change: Call = {},
) {
  const query = change.query ?? queries[operation.operationId] ?? ''
  const body = 'body' in change ? change.body : exampleBody(operation)
  const upload = uploadTypeOf(operation)
  return callAdmin(actor, operation.method, `${change.path ?? pathOf(operation)}${query}`, {
    ...(body === undefined ? {} : { body }),
    headers: {
      ...(definitionOf(operation).conditional ? { 'if-match': '*' } : {}),
      ...(upload === undefined ? {} : { 'content-type': upload }),
      ...(change.ip === undefined ? {} : { 'cf-connecting-ip': change.ip }),
      ...change.headers,
    },
  })
}

interface ProblemBody {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly request_id: string
  readonly errors?: readonly { pointer?: string; parameter?: string; header?: string; detail: string }[]
}

async function problemOf(response: Response): Promise<ProblemBody & { readonly code: string }> {
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  expect(response.headers.get('cache-control')).toBe('no-store')
  const body = (await response.json()) as ProblemBody
  expect(body.status).toBe(response.status)
  expect(response.headers.get('x-request-id')).toBe(body.request_id)
  return { ...body, code: body.type.replace('urn:authly:problem:', '') }
}

async function expectProblem(response: Response, status: number, code?: string): Promise<ProblemBody> {
  const problem = await problemOf(response)
  expect([problem.status, code === undefined ? undefined : problem.code]).toEqual([status, code])
  return problem
}

/** A test of operations that `condition` holds for; none at all for others, so that none counts as skipped. */
const when = (condition: unknown, title: string, run: () => Promise<void>) => {
  if (condition) test(title, run)
}

let powerless: TestActor
let disabled: TestActor
let revoked: TestActor
let unregistered: TestActor
const forged: { name: string; token: string }[] = []

beforeAll(async () => {
  powerless = await addAdmin({ roles: [] })
  // First one who stays: the last administrator cannot be disabled.
  revoked = await addAdmin()
  disabled = await addAdmin()
  await testDatabase().update(users).set({ status: 'disabled' }).where(eq(users.id, disabled.id))
  const origin = { ip: undefined, user_agent: undefined, request_id: 'r' }
  await testDependencies().sessionsOf(revoked.id).endAllSessions({ now: Date.now(), origin })
  unregistered = await addServiceAccount()
  await testDatabase().update(clients).set({ scopes: [] }).where(eq(clients.client_id, unregistered.id))

  const deps = testDependencies()
  const robot = await addServiceAccount()
  const client = await deps.findClient(robot.id)
  if (!client) throw new Error('the client must exist')
  const now = Math.floor(Date.now() / 1000)
  const claims = {
    iss: 'https://auth.test',
    sub: robot.id,
    aud: 'https://auth.test',
    exp: now + 600,
    iat: now,
  }
  const input = {
    client,
    sub: robot.id,
    jti: serviceTokenId(),
    scopes: permissionNames,
    audience: [deps.config.issuer],
  }
  forged.push(
    { name: 'garbage', token: 'garbage' },
    { name: 'an ID token', token: await deps.signJwt('RS256', 'JWT', claims) },
    { name: 'an expired token', token: await issueAccessToken(deps, { ...input, iat: now - 86_400 }) },
    { name: 'a token cut short', token: robot.token.slice(0, -4) },
  )
})

test('every operation is documented, with its scope', () => {
  expect(adminOperations.map(({ operationId }) => operationId).sort()).toEqual(
    operations.map(({ id }) => id).sort(),
  )
  expect(new Set(operations.map(({ id }) => id)).size).toBe(operations.length)
  for (const operation of adminOperations) expect(operation.scope).toBe(definitionOf(operation).permission)
})

test('no pattern carries flags: JSON Schema has none, so a tool would read another pattern', () => {
  const text = JSON.stringify(adminSchemas)
  expect(text.match(/"pattern":"[^"]*\/[a-z]+"/g) ?? []).toEqual([])
})

describe.each(adminOperations.map((operation, index) => ({ ...operation, index })))(
  '$operationId',
  ({ index, ...operation }) => {
    const ip = `198.51.${100 + (index >> 8)}.${index & 255}`
    const scope = operation.scope as (typeof permissionNames)[number]
    let admin: TestActor
    beforeAll(async () => {
      admin = await addAdmin()
    })

    test('401 without a token, and with one that does not count (RFC 6750 §3)', async () => {
      const missing = await call(undefined, operation, { ip })
      expect(missing.headers.get('www-authenticate')).toMatch(
        /^Bearer realm="authly", (resource_metadata="[^"]+"), DPoP realm="authly", \1, algs="[^"]+"$/,
      )
      await expectProblem(missing, 401, 'unauthorized')
      for (const { token } of [...forged, { token: revoked.token }]) {
        const response = await call({ token }, operation, { ip })
        expect(response.headers.get('www-authenticate')).toMatch(/error="invalid_token"/)
        await expectProblem(response, 401, 'invalid_token')
      }
      const basic = await call(undefined, operation, { ip, headers: { authorization: 'Basic YTpi' } })
      await expectProblem(basic, 401, 'invalid_token')
    })

    test('403 without the scope, which is named (RFC 6750 §3.1)', async () => {
      const scopes = permissionNames.filter((name) => name !== scope)
      const response = await call(await addAdmin({ scopes }), operation)
      expect(response.headers.get('www-authenticate')).toMatch(`error="insufficient_scope", scope="${scope}"`)
      await expectProblem(response, 403, 'insufficient_scope')
    })

    test('403 with the scope but without the permission, also for a service account', async () => {
      await expectProblem(await call(powerless, operation), 403, 'forbidden')
      await expectProblem(await call(unregistered, operation), 403, 'forbidden')
      await expectProblem(await call(await addServiceAccount([]), operation), 403, 'insufficient_scope')
    })

    test('refuses an admin who was disabled while their token lives', async () => {
      expect([401, 403]).toContain((await call(disabled, operation)).status)
    })

    when(definitionOf(operation).dangerous, '401 when the sign-in is too old (RFC 9470)', async () => {
      const response = await call(await addAdmin({ signedInSecondsAgo: 3600 }), operation)
      expect(response.headers.get('www-authenticate')).toMatch(/max_age="\d+"/)
      await expectProblem(response, 401, 'insufficient_user_authentication')
    })

    const isThing = operation.path.includes('{') && !histories.has(operation.operationId)
    when(isThing, '404, the same for unknown and malformed ids', async () => {
      const bodies = new Set<string>()
      for (const path of pathsOfNothing(operation)) {
        const { request_id: _request, ...problem } = await problemOf(await call(admin, operation, { path }))
        bodies.add(JSON.stringify(problem))
      }
      expect([...bodies]).toHaveLength(1)
      expect([...bodies][0]).toMatch('"status":404')
    })

    test('400 for each constraint of each query parameter, and names it', async () => {
      const required = queries[operation.operationId]?.replace('?', '&') ?? ''
      const expectFault = async (query: string, name: string) => {
        const response = await call(admin, operation, { query })
        expect([query, response.status]).toEqual([query, 400])
        const problem = await expectProblem(response, 400, 'invalid_request')
        expect(problem.errors?.map(({ parameter }) => parameter)).toContain(name)
      }
      await expectFault(`?no_such_parameter=1${required}`, 'no_such_parameter')
      await expectFault(`?__proto__=1${required}`, '__proto__')
      for (const { name, schema, in: place } of operation.parameters) {
        if (place !== 'query') continue
        for (const { value } of parameterViolations(schema)) {
          await expectFault(`?${name}=${encodeURIComponent(String(value))}`, name)
        }
        const example = encodeURIComponent(String(exampleOf(schema)))
        await expectFault(`?${name}=${example}&${name}=${example}`, name)
      }
    })

    const schema = jsonBodyOf(operation)
    when(
      schema && uploadTypeOf(operation) === undefined,
      '400 for each constraint of the body, and points at it (RFC 9457, RFC 6901)',
      async () => {
        const violations = bodyViolations(schema ?? {}, exampleBody(operation))
        expect(violations.length).toBeGreaterThan(0)
        for (const { what, pointer, value } of violations) {
          const response = await call(admin, operation, { body: JSON.stringify(value) })
          expect([what, response.status]).toEqual([what, 400])
          const problem = await problemOf(response)
          expect([what, problem.code]).toEqual([what, 'invalid_request'])
          const places = problem.errors?.map((error) => error.pointer ?? '') ?? []
          const points = places.some((place) => place.startsWith(pointer) || pointer.startsWith(place))
          expect([what, points, places]).toEqual([what, true, places])
        }
        for (const text of ['', '{', '[]', 'null', '"\\u0000"', '{"a":"\\ud800"}']) {
          await expectProblem(await call(admin, operation, { body: text }), 400, 'invalid_request')
        }
      },
    )

    when(schema || uploadTypeOf(operation), '415 for another media type, 413 for too much', async () => {
      for (const type of ['text/plain', 'application/xml', 'application/x-www-form-urlencoded', '']) {
        const response = await call(admin, operation, { headers: { 'content-type': type } })
        await expectProblem(response, 415, 'unsupported_media_type')
      }
      if (!schema) return
      const body = JSON.stringify({ padding: 'x'.repeat(300_000) })
      await expectProblem(await call(admin, operation, { body }), 413, 'content_too_large')
    })

    when(
      !schema && !uploadTypeOf(operation) && operation.method !== 'GET',
      '400 for a body that nobody asked for',
      async () => {
        await expectProblem(await call(admin, operation, { body: '{}' }), 400, 'invalid_request')
      },
    )

    when(definitionOf(operation).conditional, '428 without If-Match, 400 when it is malformed', async () => {
      const { operationId: _id, ...rest } = operation
      expect(rest.parameters.find(({ name }) => name === 'If-Match')?.required).toBe(true)
      const body = exampleBody(operation)
      const without = await callAdmin(admin, operation.method, pathOf(operation), {
        ...(body === undefined ? {} : { body }),
      })
      await expectProblem(without, 428, 'precondition_required')
      for (const tag of ['1', '"', 'W/1', '"1" "2"']) {
        const response = await call(admin, operation, { headers: { 'if-match': tag } })
        const problem = await expectProblem(response, 400, 'invalid_request')
        expect(problem.errors?.[0]?.header).toBe('if-match')
      }
    })

    when(operation.method === 'POST', '400 for a malformed Idempotency-Key', async () => {
      for (const key of ['""', 'a b', 'x'.repeat(129), '"']) {
        const response = await call(admin, operation, { headers: { 'idempotency-key': key } })
        const problem = await expectProblem(response, 400, 'invalid_request')
        expect(problem.errors?.[0]?.header).toBe('idempotency-key')
      }
    })

    test('405 for a method the path does not have, with those it has (RFC 9110 §15.5.6)', async () => {
      const path = pathOf(operation)
      const allowed = adminOperations
        .filter((other) => other.path === operation.path)
        .map(({ method }) => method)
      for (const method of ['PUT', 'DELETE', 'PATCH', 'POST'].filter((name) => !allowed.includes(name))) {
        // `DELETE /users/count` is a deletion of the person `count`, who does not exist.
        if (operationOf(method, path)) continue
        const response = await callAdmin(admin, method, path)
        expect([method, response.status]).toEqual([method, 405])
        expect(response.headers.get('allow')?.split(', ')).toEqual(expect.arrayContaining(allowed))
      }
    })

    const answersJson = operation.responses['200']?.content?.['application/json'] !== undefined
    when(
      operation.method === 'GET' && !operation.path.includes('{') && answersJson,
      'answers an admin and a service account with what it documents',
      async () => {
        for (const actor of [admin, await addServiceAccount([scope])]) {
          const response = await call(actor, operation)
          expect(response.status).toBe(200)
          expect(response.headers.get('cache-control')).toBe('no-store')
          expect(response.headers.get('ratelimit')).toMatch(/^"admin-actor"/)
        }
      },
    )
  },
)
