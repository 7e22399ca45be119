/** What generators of clients need of the OpenAPI documents, in any language. */
import { describe, expect, test } from 'vitest'
import { apiFiles, loadDocument } from '../../scripts/docs/api-files.ts'
import { nameSchemas, pascalCase } from '../../scripts/docs/openapi/name-schemas.ts'
import type { OpenApiDocument, Schema } from '../../scripts/docs/openapi/openapi-types.ts'
import { operationsOf, webhooksOf } from '../../scripts/docs/openapi/openapi-types.ts'
import { portablePattern } from '../../scripts/docs/openapi/portable-pattern.ts'
import { makePortable, tellApart } from '../../scripts/docs/openapi/portable-schemas.ts'

const files = apiFiles(await loadDocument())

/** Names that generated clients declare beside the schemas: oapi-codegen, openapi-generator, openapi-python-client. */
const taken = [
  ...['Client', 'ClientInterface', 'ClientOption', 'ClientWithResponses', 'AuthenticatedClient'],
  ...['HttpRequestDoer', 'RequestEditorFn', 'Configuration', 'APIClient', 'ApiClient', 'APIResponse'],
  ...['ApiResponse', 'ApiException', 'BaseAPI', 'Response', 'Request', 'File', 'Unset', 'Error', 'Object'],
]

const lowered = (name: string) => pascalCase(name).toLowerCase()
const repeated = (names: readonly string[]) =>
  names.filter((name, index) => names.findIndex((other) => lowered(other) === lowered(name)) !== index)

/** Every schema of `part`, with the path to it. */
function schemasIn(part: unknown, path = ''): readonly (readonly [path: string, schema: Schema])[] {
  if (typeof part !== 'object' || part === null) return []
  return Object.entries(part).flatMap(([key, value]) => {
    if (['example', 'examples', 'enum', 'const', 'default'].includes(key) && !path.endsWith('/properties')) {
      return []
    }
    const at = `${path}/${key}`
    return [[at, value as Schema] as const, ...schemasIn(value, at)]
  })
}

describe.each(['public/openapi.json', 'public/openapi-3.0.json'] as const)('%s', (path) => {
  const document: OpenApiDocument = JSON.parse(files[path])
  const components = document.components?.schemas ?? {}
  const parts = schemasIn({ paths: document.paths, webhooks: document.webhooks, schemas: components }).filter(
    ([at, schema]) => typeof schema === 'object' && schema !== null && !at.endsWith('/properties'),
  )

  test('has no two schemas, fields or operations of one name in camel case, and none that clients declare', () => {
    expect(Object.keys(components).filter((name) => taken.includes(name))).toEqual([])
    expect(repeated(Object.keys(components))).toEqual([])
    const everything = [...operationsOf(document), ...webhooksOf(document)]
    expect(repeated(everything.map(({ operation }) => operation.operationId ?? ''))).toEqual([])
    for (const [name, { properties = {} }] of Object.entries(components)) {
      expect(repeated(Object.keys(properties)), name).toEqual([])
    }
  })

  test('has no schema named like a choice of values in another one, which generators make a type of', () => {
    const choices = Object.entries(components).flatMap(([name, { properties = {} }]) =>
      Object.entries(properties)
        .filter(([, { enum: values }]) => values !== undefined)
        .map(([field]) => name + pascalCase(field)),
    )
    expect(choices.filter((name) => name in components)).toEqual([])
  })

  test('names every object, except the parts of an intersection', () => {
    const inPlace = parts.filter(([at, { properties }]) => properties && !/^\/schemas\/\w+$/.test(at))
    expect(inPlace.map(([at]) => at).filter((at) => !/\/allOf\/\d+$/.test(at))).toEqual([])
  })

  test('has no object as a default', () => {
    const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value)
    expect(parts.filter(([, schema]) => isObject(schema.default)).map(([at]) => at)).toEqual([])
  })

  test('has patterns that are as portable as can be', () => {
    const patterns = parts.map(([, { pattern }]) => pattern).filter((one) => typeof one === 'string')
    expect(patterns.length).toBeGreaterThan(20)
    for (const pattern of patterns) expect(portablePattern(pattern)).toBe(pattern)
    expect(
      parts.filter(([, { format, pattern }]) => format === 'uuid' && typeof pattern === 'string'),
    ).toEqual([])
  })

  test('tells alternatives apart by a field that each requires, and by all of its values', () => {
    const told = Object.entries(components).filter(([, { discriminator }]) => discriminator !== undefined)
    expect(told.map(([name]) => name)).toContain('UserSetup')
    for (const [name, { discriminator, oneOf = [] }] of told) {
      const { propertyName, mapping } = discriminator as { propertyName: string; mapping: object }
      expect(Object.values(mapping).sort(), name).toEqual(oneOf.map(({ $ref }) => $ref).sort())
      for (const reference of Object.values(mapping)) {
        expect(components[reference.split('/').at(-1)]?.required, name).toContain(propertyName)
      }
    }
  })

  test('names the objects of lists by what they are', () => {
    expect(Object.keys(components).filter((name) => /(?:Item|Inner|\d)$/.test(name))).toEqual([])
  })

  test('requires no field that it does not have', () => {
    for (const [name, { properties = {}, required = [] }] of Object.entries(components)) {
      expect(
        required.filter((field) => !(field in properties)),
        name,
      ).toEqual([])
    }
  })
})

describe('a pattern', () => {
  test.each([
    [String.raw`^[^\0]*$`, String.raw`^[^\x00]*$`],
    [String.raw`[\u2028]`, '[\u2028]'],
    [String.raw`\/[[\]]`, String.raw`/[\[\]]`],
    [String.raw`[\[\x5b]`, String.raw`[\[\x5b]`],
  ])('%s is respelled as %s', (given, wanted) => {
    expect(portablePattern(given)).toBe(wanted)
  })

  test.each([
    '(?=a)',
    '(?<!a)',
    '(?<n>a)',
    String.raw`(a)\1`,
    String.raw`\p{L}`,
    String.raw`\u{1f600}`,
    'a*+',
    '[a&&b]',
    'a{1001}',
  ])('%s stops the generator', (pattern) => {
    expect(() => portablePattern(pattern)).toThrow('the pattern')
  })
})

const documentOf = (
  schemas: Record<string, Schema>,
  more: Partial<OpenApiDocument> = {},
): OpenApiDocument => ({
  ...{ openapi: '3.1.0', info: {}, paths: {}, ...more },
  components: { schemas, ...more.components },
})
const city = { type: 'object', properties: { city: { type: 'string' } } } satisfies Schema
const referTo = (name: string) => ({ $ref: `#/components/schemas/${name}` })

describe('an object within another', () => {
  test('is named after its owner and its field, and may still be null', () => {
    const inner: Schema = { ...city, type: ['object', 'null'], description: 'Where' }
    const document = documentOf({ Person: { type: 'object', properties: { home_address: inner } } })
    nameSchemas(document)
    expect(document.components?.schemas?.['Person']?.properties).toEqual({
      home_address: { description: 'Where', anyOf: [referTo('PersonHomeAddress'), { type: 'null' }] },
    })
    expect(document.components?.schemas?.['PersonHomeAddress']).toEqual(city)
  })

  test('is named as it says; what describes it stays at each use', () => {
    const place = (description: string): Schema => ({
      ...structuredClone(city),
      'x-authly-name': 'Place',
      description,
    })
    const document = documentOf({
      Person: {
        type: 'object',
        properties: {
          home: place('Lives there'),
          works: { type: 'array', items: place('Works there') },
          born: { ...place('Was born there'), type: ['object', 'null'] },
        },
      },
    })
    nameSchemas(document)
    expect(document.components?.schemas?.['Person']?.properties).toEqual({
      home: { description: 'Lives there', ...referTo('Place') },
      works: { type: 'array', items: { description: 'Works there', ...referTo('Place') } },
      born: { description: 'Was born there', anyOf: [referTo('Place'), { type: 'null' }] },
    })
    expect(document.components?.schemas?.['Place']).toEqual(city)
  })

  test('stops the generator when it is in a list and has no name', () => {
    const document = documentOf({
      Person: { type: 'object', properties: { homes: { type: 'array', items: structuredClone(city) } } },
    })
    expect(() => nameSchemas(document)).toThrow('need an x-authly-name: {city}')
  })

  test('stops the generator when it is a component that may be null', () => {
    const document = documentOf({ Home: { ...structuredClone(city), type: ['object', 'null'] } })
    expect(() => nameSchemas(document)).toThrow('Home may be null')
  })

  test('stops the generator when the name is taken', () => {
    const document = documentOf({
      Person: { type: 'object', properties: { home: structuredClone(city) } },
      PersonHome: { type: 'object' },
    })
    expect(() => nameSchemas(document)).toThrow('PersonHome')
  })

  test('keeps a field that is called default or pattern', () => {
    const schema: Schema = {
      type: 'object',
      properties: { default: { type: 'object' }, pattern: { type: 'string' } },
    }
    makePortable(schema)
    expect(Object.keys(schema.properties ?? {})).toEqual(['default', 'pattern'])
  })
})

describe('alternatives', () => {
  const choice = (method: Schema, required = ['method']): Schema => ({
    ...{ type: 'object', properties: { note: { type: 'string' }, method }, required },
  })
  const told = (link: Schema, none: Schema) => {
    const oneOf = [referTo('Link'), referTo('None')]
    const schemas: Record<string, Schema> = { Setup: { oneOf }, Link: link, None: none }
    tellApart(schemas)
    return schemas['Setup']?.['discriminator']
  }

  test('are told apart by a field with one value in each', () => {
    expect(told(choice({ const: 'link' }), choice({ type: 'string', enum: ['none'] }))).toEqual({
      propertyName: 'method',
      mapping: { link: '#/components/schemas/Link', none: '#/components/schemas/None' },
    })
  })

  test('are not told apart by a field that may be missing, has the same value, or several', () => {
    expect(told(choice({ const: 'link' }), choice({ const: 'none' }, []))).toBeUndefined()
    expect(told(choice({ const: 'link' }), choice({ const: 'link' }))).toBeUndefined()
    expect(told(choice({ const: 'link' }), choice({ enum: ['none', 'later'] }))).toBeUndefined()
  })
})

test('3.0 has a link to the license in place of its identifier', () => {
  const old: OpenApiDocument = JSON.parse(files['public/openapi-3.0.json'])
  expect(old.info['license']).toEqual({
    name: 'Apache-2.0',
    url: 'https://spdx.org/licenses/Apache-2.0.html',
  })
})
