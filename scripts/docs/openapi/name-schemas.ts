/**
 * Code generators make a type of every object. A named component gives it a name that lasts; otherwise each tool makes
 * up its own (`InlineObject3`, `UserFiles1`), which changes as soon as another field is added.
 */
import { type OpenApiDocument, operationsOf, type Schema, webhooksOf } from './openapi-types.ts'

type Schemas = Record<string, Schema>

/**
 * Moves every object schema within another one, and every form, into `components`: named by its `x-authly-name`, or
 * after its owner and its field.
 * @throws Error when a name is taken by another schema, when the objects of a list have none, or when a component may
 * be null itself: some generators name the type with null and the one without alike
 */
export function nameSchemas(document: OpenApiDocument): void {
  const schemas: Schemas = {}
  for (const [name, schema] of Object.entries(document.components?.schemas ?? {})) {
    if ([schema.type].flat().includes('null')) {
      throw new Error(`${name} may be null, not only where it is used: give it an x-authly-name instead`)
    }
    add(schemas, name, schema)
    nameMembers(schema, name, schemas)
  }
  for (const { operation } of [...operationsOf(document), ...webhooksOf(document)]) {
    const owner = pascalCase(operation.operationId ?? '')
    for (const media of Object.values(operation.requestBody?.content ?? {})) {
      if (media.schema) media.schema = named(media.schema, `${owner}Form`, schemas)
    }
    for (const [status, { content = {} }] of Object.entries(operation.responses)) {
      for (const media of Object.values(content)) {
        if (media.schema) media.schema = named(media.schema, `${owner}Answer${status}`, schemas)
      }
    }
  }
  document.components = { ...document.components, schemas: sorted(schemas) }
}

/** The schema, or a reference if it is an object of its own. */
function named(schema: Schema, fallbackName: string | undefined, schemas: Schemas): Schema {
  const { 'x-authly-name': givenName, ...rest } = schema
  if (schema.$ref !== undefined) return schema
  const name = givenName ?? fallbackName
  nameMembers(rest, name, schemas)
  if (rest.properties === undefined) return rest
  if (name === undefined) {
    throw new Error(`objects in a list need an x-authly-name: {${Object.keys(rest.properties)}}`)
  }
  const reference = { $ref: `#/components/schemas/${name}` }
  const isNullable = Array.isArray(rest.type)
  if (!isNullable && givenName === undefined) {
    add(schemas, name, rest)
    return reference
  }
  // What describes the field speaks of null too, and is said of one of several uses.
  const { description, example, default: fallback, ...own } = rest
  add(schemas, name, { ...own, type: 'object' })
  const words = Object.entries({ description, example, default: fallback }).filter(
    ([, value]) => value !== undefined,
  )
  const use = isNullable ? { anyOf: [reference, { type: 'null' }] } : reference
  return { ...Object.fromEntries(words), ...use }
}

/** @param owner undefined within the objects of a list that have no name yet */
function nameMembers(schema: Schema, owner: string | undefined, schemas: Schemas): void {
  for (const [field, member] of Object.entries(schema.properties ?? {})) {
    ;(schema.properties as Schemas)[field] = named(member, after(owner, field), schemas)
  }
  if (schema.items) schema.items = named(schema.items, undefined, schemas)
  if (typeof schema.additionalProperties === 'object') {
    schema.additionalProperties = named(schema.additionalProperties, undefined, schemas)
  }
  // A part of an intersection is no type of its own.
  for (const part of schema.allOf ?? []) nameMembers(part, owner, schemas)
  for (const word of ['anyOf', 'oneOf'] as const) {
    const choices = schema[word]
    if (choices)
      schema[word] = choices.map((choice) => named(choice, after(owner, variantOf(choice)), schemas))
  }
}

const after = (owner: string | undefined, word: string): string | undefined =>
  owner === undefined ? undefined : owner + pascalCase(word)

/** The one value that tells this alternative from the others. */
const variantOf = ({ properties = {} }: Schema): string =>
  Object.values(properties)
    .map(onlyValueOf)
    .find((value) => value !== undefined) ?? ''

/** The one text that a field may have. */
export const onlyValueOf = ({ const: constant, enum: values = [] }: Schema = {}): string | undefined =>
  [constant, values.length === 1 ? values[0] : undefined].find((value) => typeof value === 'string') as
    | string
    | undefined

function add(schemas: Schemas, name: string, schema: Schema): void {
  if (schemas[name] !== undefined && JSON.stringify(schemas[name]) !== JSON.stringify(schema)) {
    throw new Error(`two schemas would be named ${name}: give one a name where it is defined`)
  }
  schemas[name] = schema
}

/** `page_info` to `PageInfo`, as generators do it. */
export const pascalCase = (name: string): string =>
  name
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')

const sorted = (schemas: Schemas): Schemas =>
  Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1)))
