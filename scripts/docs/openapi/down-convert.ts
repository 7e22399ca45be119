/**
 * OpenAPI 3.1 to 3.0, for older tools. Covers what our schemas use; what 3.0 cannot express stops the generator instead
 * of being dropped silently.
 */
import { type OpenApiDocument, operationsOf, type Schema } from './openapi-types.ts'

/** JSON Schema 2020-12 keywords that 3.0 lacks and that only add information: they can be dropped. */
const droppable = ['$schema', '$id', '$comment', 'contentEncoding', 'contentMediaType', 'propertyNames']
const unsayable = [
  'prefixItems',
  'patternProperties',
  'if',
  'dependentSchemas',
  'unevaluatedProperties',
  'contains',
]

export function toOpenApi30(document: OpenApiDocument): OpenApiDocument {
  const { info, ...rest } = structuredClone(withoutWebhooks(document))
  const { summary: _summary, license, ...about } = info
  const old: OpenApiDocument = {
    ...rest,
    openapi: '3.0.3',
    info: { ...about, license: licenseTo30(license as License) },
  }
  for (const { operation } of operationsOf(old)) {
    for (const parameter of operation.parameters ?? []) convertIn(parameter)
    for (const media of Object.values(operation.requestBody?.content ?? {})) convertIn(media)
    for (const response of Object.values(operation.responses)) {
      for (const header of Object.values(response.headers ?? {})) convertIn(header)
      for (const media of Object.values(response.content ?? {})) convertIn(media)
    }
  }
  const { components = {} } = old
  for (const part of [
    ...Object.values(components.headers ?? {}),
    ...Object.values(components.parameters ?? {}),
  ]) {
    convertIn(part)
  }
  components.schemas = mapValues(components.schemas ?? {}, schemaTo30)
  typeNullables(old, components.schemas)
  return old
}

/** 3.0 has no webhooks; what only they refer to goes with them. */
function withoutWebhooks(document: OpenApiDocument): OpenApiDocument {
  const { webhooks: _webhooks, components = {}, tags = [], ...rest } = document
  const inUse = new Set(operationsOf(document).flatMap(({ operation }) => operation.tags ?? []))
  const kept: Record<string, Record<string, unknown>> = { securitySchemes: components.securitySchemes ?? {} }
  const keep = (part: unknown): void => {
    for (const [, kind = '', name = ''] of JSON.stringify(part).matchAll(reference)) {
      const target = components[kind as keyof typeof components]?.[name]
      if (target === undefined || kept[kind]?.[name] !== undefined) continue
      kept[kind] = { ...kept[kind], [name]: target }
      keep(target)
    }
  }
  keep(rest)
  const ordered = Object.entries(components).map(([kind, parts]) => [
    kind,
    Object.fromEntries(Object.entries(parts).filter(([name]) => kept[kind]?.[name] !== undefined)),
  ])
  return {
    ...rest,
    tags: tags.filter(({ name }) => inUse.has(name)),
    components: Object.fromEntries(ordered),
  }
}

const reference = /"\$ref":"#\/components\/(\w+)\/([^"]+)"/g

type License = { name: string; identifier: string }

/** 3.0 has a link instead of the SPDX identifier. */
const licenseTo30 = ({ name, identifier }: License) => ({
  name,
  url: `https://spdx.org/licenses/${identifier}.html`,
})

/** Beside a reference too, `nullable` has an effect only with a `type`. */
function typeNullables(part: unknown, schemas: Record<string, Schema>): void {
  if (typeof part !== 'object' || part === null) return
  const { allOf, type, nullable } = part as Schema
  const target = allOf?.[0]?.$ref?.split('/').at(-1)
  if (nullable === true && type === undefined && target !== undefined) {
    Object.assign(part, { type: schemas[target]?.type })
  }
  for (const value of Object.values(part)) typeNullables(value, schemas)
}

function convertIn(holder: { schema?: Schema }): void {
  if (holder.schema) holder.schema = schemaTo30(holder.schema)
}

/** @throws Error naming a keyword that 3.0 cannot express */
export function schemaTo30(schema: Schema | boolean): Schema {
  if (typeof schema === 'boolean') return schema ? {} : { not: {} }
  const { type, const: constant, examples, exclusiveMinimum, exclusiveMaximum, $ref, ...rest } = schema
  const stopper = unsayable.find((word) => word in schema)
  if (stopper) throw new Error(`OpenAPI 3.0 has no ${stopper}: say it otherwise, or teach the converter`)
  for (const word of droppable) delete rest[word]
  // 3.0 ignores everything beside a reference.
  if ($ref !== undefined)
    return Object.keys(rest).length === 0 ? { $ref } : schemaTo30({ ...rest, allOf: [{ $ref }] })
  const old: Schema = { ...rest, ...typeTo30(type) }
  if (constant !== undefined) old.enum = [constant]
  if (examples?.[0] !== undefined && old.example === undefined) old.example = examples[0]
  if (exclusiveMinimum !== undefined)
    Object.assign(old, { minimum: exclusiveMinimum, exclusiveMinimum: true })
  if (exclusiveMaximum !== undefined)
    Object.assign(old, { maximum: exclusiveMaximum, exclusiveMaximum: true })
  if (old.items) old.items = schemaTo30(old.items)
  if (old.properties) old.properties = mapValues(old.properties, schemaTo30)
  if (typeof old.additionalProperties === 'object')
    old.additionalProperties = schemaTo30(old.additionalProperties)
  for (const word of ['allOf', 'anyOf', 'oneOf'] as const) {
    const parts = old[word]
    if (parts === undefined) continue
    const others = parts.filter((part) => part.type !== 'null')
    if (others.length < parts.length) old['nullable'] = true
    old[word] = others.map(schemaTo30)
  }
  if (old['not'] !== undefined) old['not'] = schemaTo30(old['not'] as Schema)
  return nullableOf(old)
}

/** `nullable` has an effect only beside a `type`, and an `enum` must then list null. */
function nullableOf(old: Schema): Schema {
  if (old['nullable'] !== true) return old
  if (old.enum && !old.enum.includes(null)) return { ...old, enum: [...old.enum, null] }
  const [only, ...more] = old.anyOf ?? old.oneOf ?? []
  if (old.type !== undefined || only === undefined || more.length > 0) return old
  const { anyOf: _any, oneOf: _one, ...rest } = old
  return only.$ref === undefined ? { ...only, ...rest } : { ...rest, allOf: [only] }
}

function typeTo30(type: Schema['type']): Schema {
  if (type === undefined) return {}
  if (!Array.isArray(type)) return { type }
  const others = type.filter((one) => one !== 'null')
  const isNullable = others.length < type.length ? { nullable: true } : {}
  if (others.length === 1) return { type: others[0] as string, ...isNullable }
  return { anyOf: others.map((one) => ({ type: one })), ...isNullable }
}

const mapValues = <In, Out>(record: Record<string, In>, map: (value: In) => Out): Record<string, Out> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]))
