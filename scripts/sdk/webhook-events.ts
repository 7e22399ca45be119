/**
 * The types of events for `@authly-server/webhooks`, from the `webhooks` of the OpenAPI document: built, never
 * committed (scripts/build.ts).
 */
import { type OpenApiDocument, type Schema, webhooksOf } from '../docs/openapi/openapi-types.ts'

type Schemas = Readonly<Record<string, Schema>>

/** TypeScript: an interface for each component that webhooks refer to, and the union of all bodies. */
export function webhookEventsSource(document: OpenApiDocument): string {
  const schemas = document.components?.schemas ?? {}
  const bodies = webhooksOf(document).map(({ path, operation }) => {
    const reference = operation.requestBody?.content['application/json']?.schema?.$ref
    if (reference === undefined) throw new Error(`${path} has no named body`)
    return nameOf(reference)
  })
  const names = [...withReferences(bodies, schemas)].sort()
  return [
    '/** Generated from the `webhooks` of /openapi.json (scripts/sdk/webhook-events.ts). */',
    ...names.map((name) => interfaceOf(name, schemas)),
    `/** The body of a webhook; \`type\` tells which. */\nexport type WebhookEvent =\n${bodies.map((name) => `  | ${name}`).join('\n')}`,
    "export type WebhookEventType = WebhookEvent['type']",
    '',
  ].join('\n\n')
}

function withReferences(names: readonly string[], schemas: Schemas, found = new Set<string>()): Set<string> {
  for (const name of names) {
    if (found.has(name)) continue
    found.add(name)
    const references = [...JSON.stringify(schemas[name]).matchAll(/"\$ref":"([^"]+)"/g)]
    withReferences(
      references.map(([, reference = '']) => nameOf(reference)),
      schemas,
      found,
    )
  }
  return found
}

const nameOf = (reference: string): string => reference.split('/').at(-1) ?? ''

/** What all events have in `data`; each may have details of its own. */
const common = 'WebhookData'

function interfaceOf(name: string, schemas: Schemas): string {
  const schema = schemas[name] as Schema
  const { details, ...members } = schema.properties ?? {}
  const { details: _details, ...shared } = schemas[common]?.properties ?? {}
  if (name === common || details === undefined || JSON.stringify(members) !== JSON.stringify(shared)) {
    return `export interface ${name} ${objectOf(schema)}`
  }
  const own = objectOf({ properties: { details }, required: ['details'] })
  return `export interface ${name} extends Omit<${common}, 'details'> ${own}`
}

function objectOf({ properties = {}, required = [] }: Schema): string {
  const members = Object.entries(properties).map(([name, member]) => {
    const words = member.description === undefined ? '' : `  /** ${member.description} */\n`
    const optional = required.includes(name) ? '' : '?'
    return `${words}  readonly ${name}${optional}: ${typeOf(member)}`
  })
  // An empty interface would take anything.
  if (members.length === 0) return '{\n  readonly [key: string]: unknown\n}'
  return `{\n${members.join('\n')}\n}`
}

/** @throws for what no webhook has yet */
function typeOf(schema: Schema): string {
  const { $ref, anyOf, const: constant, enum: values, type, items, additionalProperties } = schema
  if ($ref !== undefined) return nameOf($ref)
  if (constant !== undefined) return literal(constant)
  if (values !== undefined) return values.map(literal).join(' | ')
  if (anyOf !== undefined) return anyOf.map(typeOf).join(' | ')
  if (Array.isArray(type)) return type.map((one) => typeOf({ ...schema, type: one })).join(' | ')
  switch (type) {
    case undefined:
      return 'unknown'
    case 'string':
    case 'boolean':
    case 'null':
      return type
    case 'integer':
    case 'number':
      return 'number'
    case 'array':
      return `readonly ${wrapped(typeOf(items ?? {}))}[]`
    case 'object':
      return `Readonly<Record<string, ${typeof additionalProperties === 'object' ? typeOf(additionalProperties) : 'unknown'}>>`
    default:
      throw new Error(`no TypeScript for ${JSON.stringify(schema)}`)
  }
}

const literal = (value: unknown): string =>
  typeof value === 'string' ? `'${value.replaceAll("'", "\\'")}'` : String(value)

const wrapped = (text: string): string => (text.includes(' | ') ? `(${text})` : text)
