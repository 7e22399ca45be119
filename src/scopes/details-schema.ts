/**
 * The JSON Schema of a type of authorization details. Loaded on demand: few requests have any. The validator interprets
 * schemas; Workers allow no code that is made at run time.
 */
import { type Schema, Validator } from '@cfworker/json-schema'
import type { AuthorizationDetail } from '../protocol/authorization-details.ts'
import type { AuthorizationDetailsType } from './scope.ts'

const validators = new WeakMap<AuthorizationDetailsType, Validator>()

/** Why `detail` is not one of its type (RFC 9396 §5), undefined when it is. */
export function detailFault(type: AuthorizationDetailsType, detail: AuthorizationDetail): string | undefined {
  let validator = validators.get(type)
  if (!validator) {
    validator = new Validator(closed(type), '2020-12')
    validators.set(type, validator)
  }
  const { locations } = detail
  // Attack: consent is given for one API, and the token is used at another.
  const isElsewhere = locations !== undefined && ![locations].flat().every((place) => place === type.resource)
  if (isElsewhere) return 'locations names another API'
  const { valid, errors } = validator.validate(detail)
  return valid ? undefined : `${errors.at(-1)?.instanceLocation ?? '#'} does not fit its type`
}

/** RFC 9396 §5: unknown members are refused unless the schema says otherwise: nobody has said what they allow. */
function closed({ type, schema }: AuthorizationDetailsType): Schema {
  const { properties, required, ...rest } = schema as Schema
  return {
    ...(rest.additionalProperties === undefined && { unevaluatedProperties: false }),
    ...rest,
    type: 'object',
    properties: { locations: { type: 'array' }, ...closedMembers(properties, schema), type: { const: type } },
    required: [...new Set(['type', ...(required ?? [])])],
  }
}

type JsonObject = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const closedMembers = (members: unknown, root: JsonObject): JsonObject =>
  isObject(members)
    ? Object.fromEntries(Object.entries(members).map(([name, member]) => [name, closedWithin(member, root)]))
    : {}

/**
 * The same further in, for objects whose members are listed, in place or where `$ref` leads. Not within `allOf` and the like:
 * there each part lists only some.
 */
function closedWithin(schema: unknown, root: JsonObject): unknown {
  if (!isObject(schema)) return schema
  const { $ref, properties, items, prefixItems } = schema
  const target = typeof $ref === 'string' ? resolve(root, $ref) : undefined
  const said = { ...(isObject(target) ? target : {}), ...schema }
  const isOpen = 'additionalProperties' in said || 'unevaluatedProperties' in said
  return {
    ...schema,
    ...(isObject(properties) && { properties: closedMembers(properties, root) }),
    ...(items !== undefined && { items: closedWithin(items, root) }),
    ...(Array.isArray(prefixItems) && { prefixItems: prefixItems.map((each) => closedWithin(each, root)) }),
    ...(isObject(said['properties']) && !isOpen && { unevaluatedProperties: false }),
  }
}

/** Why a schema cannot be registered: it refers to what it does not contain, or is no schema. */
export function schemaFault(schema: Readonly<Record<string, unknown>>): string | undefined {
  try {
    const stranger = referencesOf(schema).find((reference) => !isContained(schema, reference))
    if (stranger !== undefined) return 'must be a JSON Schema that refers to nothing outside of itself'
    for (const pattern of patternsOf(schema)) new RegExp(pattern, 'u')
    new Validator(closed({ type: 'trial', resource: '', description: '', schema }), '2020-12').validate({
      type: 'trial',
    })
    return undefined
  } catch {
    return 'must be a JSON Schema (2020-12), with regular expressions of ECMAScript'
  }
}

const referencesOf = (value: unknown): readonly string[] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([name, member]) =>
        referring.has(name) ? [String(member)] : referencesOf(member),
      )

/** Regular expressions are compiled when they are needed: a broken one would break the request of a client. */
const patternsOf = (value: unknown): readonly string[] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([name, member]) => {
        if (name === 'pattern' && typeof member === 'string') return [member]
        const named =
          name === 'patternProperties' && typeof member === 'object' ? Object.keys(member ?? {}) : []
        return [...named, ...patternsOf(member)]
      })

const referring: ReadonlySet<string> = new Set(['$ref', '$dynamicRef', '$recursiveRef', '$id', '$anchor'])

function isContained(schema: unknown, reference: string): boolean {
  const place = resolve(schema, reference)
  return typeof place === 'object' || typeof place === 'boolean'
}

/** What a JSON pointer (RFC 6901, as a fragment) leads to; undefined: nothing. */
function resolve(schema: unknown, reference: string): unknown {
  if (!/^#(\/|$)/.test(reference)) return undefined
  let place = schema
  for (const step of reference.slice(1).split('/').slice(1)) {
    const name = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')
    if (typeof place !== 'object' || place === null || !Object.hasOwn(place, name)) return undefined
    place = (place as Record<string, unknown>)[name]
  }
  return place
}
