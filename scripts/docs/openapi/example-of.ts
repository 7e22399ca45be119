/** An example for a schema that has none: every operation shows one, including operations added later. */
import type { Json, OpenApiDocument, Schema } from './openapi-types.ts'

type Components = NonNullable<OpenApiDocument['components']>

/** A typical value for a field of this name. */
const byName: Readonly<Record<string, Json>> = {
  username: 'ada',
  email: 'ada@example.com',
  phone_number: '+441632960961',
  name: 'Ada Lovelace',
  given_name: 'Ada',
  family_name: 'Lovelace',
  client_id: 'demo-service',
  client_name: 'Demo service',
  redirect_uri: 'https://app.example.com/callback',
  redirect_uris: ['https://app.example.com/callback'],
  grant_types: ['client_credentials'],
  scope: 'openid profile',
  scopes: ['demo:read'],
  resource: 'https://api.example.com',
  description: 'What it is for',
  ip: '192.0.2.1',
  request_id: '8f2c1e0a9b7d4c3e',
  locale: 'en',
}

const byFormat: Readonly<Record<string, Json>> = {
  uuid: '019a8f5e-7c1a-7b3e-9f64-2b1d3c4e5f60',
  'date-time': '2026-11-23T09:00:00.000Z',
  date: '2026-11-23',
  email: 'ada@example.com',
  uri: 'https://app.example.com',
  'uri-reference': '/path',
  binary: 'line 1\nline 2\n',
}

/** @param name of the field or parameter, if it has one */
export function exampleOf(schema: Schema | undefined, components: Components, name = '', depth = 0): Json {
  if (schema === undefined || depth > 8) return null
  if (schema.$ref !== undefined) {
    const target = components.schemas?.[schema.$ref.replace('#/components/schemas/', '')]
    return exampleOf(target, components, name, depth + 1)
  }
  const stated = statedExample(schema)
  if (stated !== undefined) return stated
  if (schema.allOf !== undefined) {
    const parts = schema.allOf.map((part) => exampleOf(part, components, name, depth + 1))
    return parts.every((part) => typeof part === 'object') ? Object.assign({}, ...parts) : (parts[0] as Json)
  }
  const choices = schema.anyOf ?? schema.oneOf
  const choice = choices?.find(({ type }) => type !== 'null') ?? choices?.[0]
  if (choice !== undefined) return exampleOf(choice, components, name, depth + 1)
  const type = Array.isArray(schema.type) ? schema.type.find((one) => one !== 'null') : schema.type
  switch (type) {
    case 'object':
      return exampleOfObject(schema, components, depth)
    case 'array':
      if (Array.isArray(byName[name])) return byName[name]
      return [exampleOf(schema.items, components, name.replace(/s$/, ''), depth + 1)]
    case 'integer':
    case 'number':
      return schema.minimum ?? (schema.exclusiveMinimum === undefined ? 1 : schema.exclusiveMinimum + 1)
    case 'boolean':
      return true
    case 'string':
      return exampleOfString(schema, name)
    default:
      return schema.properties ? exampleOfObject(schema, components, depth) : null
  }
}

function statedExample(schema: Schema): Json | undefined {
  if (schema.example !== undefined) return schema.example
  if (schema.examples?.[0] !== undefined) return schema.examples[0]
  if (schema.const !== undefined) return schema.const
  if (schema.default !== undefined) return schema.default
  return schema.enum?.[0]
}

/** With every property: optional ones are worth showing too. */
function exampleOfObject(schema: Schema, components: Components, depth: number): Json {
  return Object.fromEntries(
    Object.entries(schema.properties ?? {}).map(([name, property]) => [
      name,
      exampleOf(property, components, name, depth + 1),
    ]),
  )
}

function exampleOfString(schema: Schema, name: string): Json {
  const known = schema.format === undefined ? undefined : byFormat[schema.format]
  if (known !== undefined) return known
  const usual = byName[name]
  const fits =
    typeof usual === 'string' && (schema.pattern === undefined || new RegExp(schema.pattern).test(usual))
  if (fits) return usual
  return 'text'.padEnd(schema.minLength ?? 0, '.')
}
