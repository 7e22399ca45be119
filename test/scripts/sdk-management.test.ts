/** Every operation of the admin API is a method, and what the document says is what the generator makes of it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createManagement } from '@authly-server/management'
import { describe, expect, it, test } from 'vitest'
import { loadDocument } from '../../scripts/docs/api-files.ts'
import { type LocatedOperation, operationsOf } from '../../scripts/docs/openapi/openapi-types.ts'
import { managementFiles } from '../../scripts/sdk/management/management-files.ts'
import { methodNames, namedByHand } from '../../scripts/sdk/management/method-names.ts'
import { comment, declarationOf, typeOfSchema } from '../../scripts/sdk/management/schema-types.ts'
import manifest from '../../sdk/js/management/package.json' with { type: 'json' }
import { changes, operations, streams } from '../../sdk/js/management/src/generated/operations.ts'
import { version } from '../../sdk/js/management/src/version.ts'

const document = await loadDocument()
const adminOperations = operationsOf(document).filter(({ path }) => path.startsWith('/admin/'))
const setting = /^\/admin\/settings\/[^/{]+$/

/** By hand; what the document streams beside it has to be written too. */
const byHand: Readonly<Record<string, string>> = {
  streamAuditEvents: 'audit.tail',
  streamAuditEventsSocket: 'audit.tail',
  streamJob: 'jobs.watch',
  // The same as server-sent events, which every runtime has.
  streamJobSocket: 'jobs.watch',
}

const management = createManagement({ issuer: 'https://auth.example.com', token: () => 'token' })
const methodAt = (name: string): unknown =>
  name.split('.').reduce<unknown>((group, part) => (group as Record<string, unknown>)[part], management)

test('what is built is of these sources (else: npm run build)', () => {
  // Not compared by `toBe`, which would print a thousand lines.
  for (const [path, text] of Object.entries(managementFiles(document)))
    expect(readFileSync(join(import.meta.dirname, '../..', path), 'utf8') === text, path).toBe(true)
})

describe('the surface', () => {
  it('has a method for each operation', () => {
    const rows = new Set(Object.values(operations).map(({ method, path }) => `${method} ${path}`))
    const missing = adminOperations
      .filter(({ operation }) => byHand[operation.operationId ?? ''] === undefined)
      .map(({ method, path }) => `${method.toUpperCase()} ${path.replace(setting, '/admin/settings/{name}')}`)
      .filter((row) => !rows.has(row))
    expect(missing).toEqual([])
    for (const name of [...Object.keys(operations), ...changes, ...Object.values(byHand), 'jobs.wait'])
      expect(methodAt(name), name).toBeTypeOf('function')
  })

  it('has a hand-made method for each stream', () => {
    expect([...streams].sort()).toEqual(Object.keys(byHand).sort())
  })

  it('has no name by hand for what is not there', () => {
    const ids = adminOperations.map(({ operation }) => operation.operationId)
    expect(Object.keys(namedByHand).filter((id) => !ids.includes(id))).toEqual([])
  })

  it('has the resources that people look for', () => {
    const names = [
      ...['users.list', 'users.get', 'users.create', 'users.update', 'users.delete', 'users.change'],
      ...[
        'users.disable',
        'users.setRoles',
        'users.resetPassword',
        'users.sessions.deleteAll',
        'users.export',
      ],
      ...['clients.create', 'clients.secrets.create', 'scopes.change', 'settings.get', 'settings.change'],
      ...['jobs.cancel', 'jobs.results', 'audit.events.list', 'audit.search', 'keys.rotate', 'stats'],
    ]
    for (const name of names) expect(methodAt(name), name).toBeTypeOf('function')
  })

  it('says the version of its package', () => {
    expect(version).toBe(manifest.version)
  })
})

describe('names', () => {
  const located = (method: string, path: string): LocatedOperation => ({
    method,
    path,
    operation: { operationId: `${method}${path}`, responses: {} },
  })
  const namesOf = (...all: readonly LocatedOperation[]) => [
    ...methodNames(all, ({ method, path }) => ({ isList: method === 'get' && path.endsWith('s') })).values(),
  ]

  it('are derived: a new operation has one', () => {
    const all = [
      ...[located('get', '/admin/web-hooks'), located('post', '/admin/web-hooks')],
      ...[located('get', '/admin/web-hooks/{id}'), located('delete', '/admin/web-hooks/{id}')],
      ...[located('post', '/admin/web-hooks/{id}/send-test'), located('put', '/admin/web-hooks/{id}/events')],
      located('delete', '/admin/web-hooks/{id}/deliveries'),
    ]
    expect(namesOf(...all)).toEqual([
      ...['webHooks.list', 'webHooks.create', 'webHooks.get', 'webHooks.delete'],
      ...['webHooks.sendTest', 'webHooks.setEvents', 'webHooks.deliveries.delete'],
    ])
  })

  it('that collide stop the build, and say which they are', () => {
    const twice = [located('post', '/admin/a/go-on'), located('post', '/admin/a/{id}/go-on')]
    expect(() => namesOf(...twice)).toThrow(/post \/admin\/a\/\{id\}\/go-on and post \/admin\/a\/go-on/)
    const inside = [located('post', '/admin/a/go'), located('post', '/admin/a/{id}/go/on')]
    expect(() => namesOf(...inside)).toThrow(/post \/admin\/a\/go would be a\.go/)
  })
})

describe('types', () => {
  it.each([
    [{ type: ['string', 'null'] }, 'string | null'],
    [{ type: 'array', items: { type: 'string', enum: ['a', 'b'] } }, 'readonly ("a" | "b")[]'],
    [{ anyOf: [{ $ref: '#/components/schemas/User' }, { type: 'null' }] }, 'User | null'],
    [{ type: 'object', additionalProperties: { type: 'integer' } }, 'Readonly<Record<string, number>>'],
    [{ const: 'x' }, '"x"'],
    [{ allOf: [{ $ref: '#/components/schemas/A' }, { $ref: '#/components/schemas/B' }] }, '(A) & (B)'],
    [{}, 'unknown'],
  ])('of %j is %s', (schema, type) => {
    expect(typeOfSchema(schema, () => undefined)).toBe(type)
  })

  it('of an object say what may be absent', () => {
    const schema = {
      type: 'object',
      properties: { id: { type: 'string' }, 'x-y': { type: 'boolean', description: 'Whether' } },
      required: ['id'],
    }
    expect(declarationOf('Thing', schema, () => undefined)).toBe(
      'export interface Thing {\nreadonly id: string\n/** Whether */\nreadonly "x-y"?: boolean | undefined\n}\n',
    )
  })

  it('hold no text that ends a comment', () => {
    expect(comment('*/ process.exit() /*')).not.toMatch(/\*\/ process/)
  })
})
