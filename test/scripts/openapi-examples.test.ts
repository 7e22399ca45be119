/** Every example of the published document is of the type that its schema states: mock servers and samples use them. */
import { Validator, type Schema as ValidatorSchema } from '@cfworker/json-schema'
import { expect, test } from 'vitest'
import { apiFiles, loadDocument } from '../../scripts/docs/api-files.ts'
import type { Json, MediaType, OpenApiDocument, Schema } from '../../scripts/docs/openapi/openapi-types.ts'

const document: OpenApiDocument = JSON.parse(apiFiles(await loadDocument())['public/openapi.json'])
const { components } = document

type Shown = { at: string; schema: Schema; value: Json }

/** Examples and defaults of a part of the document, with the schemas they belong to. */
function shownIn(part: unknown, at: string): readonly Shown[] {
  if (typeof part !== 'object' || part === null) return []
  const own = 'schema' in part && !at.endsWith('/properties') ? besideSchema(part as MediaType, at) : []
  const stated = isSchema(at) ? inSchema(part as Schema, at) : []
  const inner = Object.entries(part)
    .filter(([key]) => at.endsWith('/properties') || !isValue.has(key))
    .flatMap(([key, value]) => shownIn(value, `${at}/${key}`))
  return [...own, ...stated, ...inner]
}

const isValue = new Set(['example', 'examples', 'default', 'enum', 'const', 'x-codeSamples', 'mapping'])

/** Of a media type, a parameter or a header. */
function besideSchema({ schema = {}, example, examples = {} }: MediaType, at: string): readonly Shown[] {
  const values = Object.entries(examples).map(([name, { value }]) => ({
    ...{ at: `${at}/examples/${name}`, schema, value },
  }))
  return example === undefined ? values : [...values, { at: `${at}/example`, schema, value: example }]
}

const isSchema = (at: string): boolean =>
  /\/(?:schema|items|additionalProperties|not)$|\/(?:schemas|properties|allOf|anyOf|oneOf)\/[^/]+$/.test(at)

function inSchema(schema: Schema, at: string): readonly Shown[] {
  const values = [schema.example, schema.default, ...(schema.examples ?? [])]
  return values.flatMap((value) => (value === undefined ? [] : [{ at, schema, value }]))
}

/** By the text of the schema: many places refer to the same one, and reading the components takes long. */
const validators = new Map<string, Validator>()

function validatorOf(schema: Schema): Validator {
  const text = JSON.stringify(schema)
  const known = validators.get(text)
  if (known) return known
  const whole = text.includes('"$ref"') ? { ...schema, components } : schema
  const made = new Validator(whole as unknown as ValidatorSchema, '2020-12', false)
  validators.set(text, made)
  return made
}

function faultsOf({ at, schema, value }: Shown): readonly string[] {
  return validatorOf(schema)
    .validate(value)
    .errors.map(({ instanceLocation, error }) => {
      return `${at}: ${instanceLocation} ${error} (${JSON.stringify(value)})`
    })
}

const shown = [
  ...shownIn(document.paths, '/paths'),
  ...shownIn(document.webhooks, '/webhooks'),
  ...shownIn(components, '/components'),
]

test('has examples for all bodies, and for most fields', () => {
  expect(shown.length).toBeGreaterThan(1000)
})

test('has no example that its own schema refuses', () => {
  expect(shown.flatMap(faultsOf)).toEqual([])
})

test('an example of another type is found', () => {
  const media = {
    schema: { type: 'object', properties: { age: { type: 'integer' } } },
    example: { age: '7' },
  }
  const [found] = shownIn(media, '/content')
  expect(found && faultsOf(found)).toHaveLength(2)
})
