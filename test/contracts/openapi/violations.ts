/** Values that break a schema, one constraint each; and one value that keeps it. */
import { faultsOf, type JsonSchema, resolve } from './document.ts'

export interface Violation {
  /** E.g. `#/email: longer than 320`. */
  readonly what: string
  /** JSON pointer of what is wrong. */
  readonly pointer: string
  readonly value: unknown
}

const maxDepth = 4

/** A value that fits `schema`: what it gives as an example, else made from its parts. */
export function exampleOf(given: JsonSchema, depth = 0): unknown {
  const schema = resolve(given)
  for (const stated of [schema.example, schema.examples?.[0], schema.const, schema.default]) {
    if (stated !== undefined) return stated
  }
  if (schema.enum) return schema.enum[0]
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((part) => exampleOf(part, depth)))
  const choices = schema.anyOf ?? schema.oneOf
  if (choices) {
    return exampleOf(choices.find((choice) => resolve(choice).type !== 'null') ?? choices[0] ?? {}, depth)
  }
  switch (typesOf(schema).find((type) => type !== 'null')) {
    case 'object':
      return exampleOfObject(schema, depth)
    case 'array':
      return Array.from({ length: schema.minItems ?? 0 }, () => exampleOf(schema.items ?? {}, depth + 1))
    case 'integer':
    case 'number':
      return schema.minimum ?? 1
    case 'boolean':
      return true
    case 'string':
      return exampleOfString(schema)
    default:
      return {}
  }
}

const exampleOfObject = (schema: JsonSchema, depth: number): unknown =>
  Object.fromEntries(
    (schema.required ?? []).map((name) => [name, exampleOf(schema.properties?.[name] ?? {}, depth + 1)]),
  )

/** Texts of the shapes that our patterns and formats ask for. */
const texts = [
  'text',
  'a',
  'A1',
  '019a8f5e-7c1a-7b3e-9f64-2b1d3c4e5f60',
  '2026-11-23T09:00:00Z',
  '2026-11-23',
  'ada@example.com',
  'https://app.example.com',
  '+441632960961',
  '1',
  'en',
]

function exampleOfString(schema: JsonSchema): string {
  const padded = texts.map((text) => text.padEnd(schema.minLength ?? 0, 'x').slice(0, schema.maxLength))
  const { example: _example, ...rules } = schema
  const fitting = [...texts, ...padded].find((text) => faultsOf(rules, text).length === 0)
  if (fitting === undefined) throw new Error(`no example for ${JSON.stringify(schema)}`)
  return fitting
}

const typesOf = ({ type }: JsonSchema): readonly string[] =>
  type === undefined ? [] : typeof type === 'string' ? [type] : type

/** One violation for each constraint of a JSON body. Every value breaks the schema by the validator's word. */
export function bodyViolations(schema: JsonSchema, example: unknown): readonly Violation[] {
  return violationsAt(schema, '', example, 0).filter(({ value }) => faultsOf(schema, value).length > 0)
}

/** One violation for each constraint of a parameter: texts, as a URL carries them. */
export function parameterViolations(schema: JsonSchema): readonly Violation[] {
  const resolved = resolve(schema)
  const types = typesOf(resolved)
  if (types.includes('integer') || types.includes('number')) {
    const texts = ['x', '', '1e999', '0x10', ...(types.includes('integer') ? ['1.5'] : [])]
    const numbers = outOfRange(resolved).map(({ what, value }) => ({
      what,
      pointer: '',
      value: String(value),
    }))
    return [...texts.map((value) => ({ what: `"${value}" is no number`, pointer: '', value })), ...numbers]
  }
  if (types.includes('boolean')) return [{ what: 'no boolean', pointer: '', value: 'maybe' }]
  if (types.includes('array') || types.length === 0) return []
  return violationsAt(resolved, '', exampleOf(resolved), 0).filter(
    ({ value }) => typeof value === 'string' && faultsOf(resolved, value).length > 0,
  )
}

function violationsAt(given: JsonSchema, pointer: string, example: unknown, depth: number): Violation[] {
  if (depth > maxDepth) return []
  const schema = resolve(given)
  const at = (what: string, value: unknown): Violation => ({
    what: `#${pointer}: ${what}`,
    pointer: `#${pointer}`,
    value,
  })
  const parts = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])]
  return [
    at('wrong type', typesOf(schema).includes('object') || schema.properties ? [] : { not: 'this' }),
    at('null', null),
    at('a number instead of text', 17),
    ...(schema.enum ? [at('not in the list', 'not-in-the-list')] : []),
    ...outOfRange(schema).map(({ what, value }) => at(what, value)),
    ...badTexts(schema).map(({ what, value }) => at(what, value)),
    ...badArrays(schema, pointer, example, depth),
    ...badObjects(schema, pointer, example, depth),
    ...parts.flatMap((part) => violationsAt(part, pointer, example, depth + 1)),
  ]
}

type Bad = { readonly what: string; readonly value: unknown }

const outOfRange = ({ minimum, maximum }: JsonSchema): readonly Bad[] => [
  ...(minimum === undefined ? [] : [{ what: `below ${minimum}`, value: minimum - 1 }]),
  ...(maximum === undefined ? [] : [{ what: `above ${maximum}`, value: maximum + 1 }]),
]

function badTexts(schema: JsonSchema): readonly Bad[] {
  const { maxLength, minLength, pattern, format } = schema
  const candidates = ['', ' ', '!', 'ü'.repeat(8), 'a b', '../..', 'x', '\u202e', '-', 'not a value']
  const isText = typesOf(schema).includes('string')
  const breaks = (text: string) => faultsOf(schema, text).length > 0
  const shaped = pattern !== undefined || format !== undefined ? candidates.filter(breaks).slice(0, 4) : []
  return [
    ...(maxLength === undefined
      ? []
      : [{ what: `longer than ${maxLength}`, value: longer(schema, maxLength) }]),
    ...(minLength ? [{ what: `shorter than ${minLength}`, value: 'x'.repeat(minLength - 1) }] : []),
    ...(isText ? shaped.map((value) => ({ what: `not of the shape: ${JSON.stringify(value)}`, value })) : []),
  ]
}

/** Grown from an example, so that only the length is wrong. */
function longer(schema: JsonSchema, maxLength: number): string {
  const example = String(exampleOf(schema))
  return example.padEnd(maxLength + 1, example.slice(-1) || 'x')
}

function badArrays(schema: JsonSchema, pointer: string, example: unknown, depth: number): Violation[] {
  if (!schema.items || !typesOf(schema).includes('array')) return []
  const item = Array.isArray(example) && example.length > 0 ? example[0] : exampleOf(schema.items)
  const { minItems, maxItems } = schema
  const whole = (what: string, value: unknown): Violation => ({
    what: `#${pointer}: ${what}`,
    pointer: `#${pointer}`,
    value,
  })
  return [
    ...(maxItems === undefined || maxItems > 2000
      ? []
      : [whole(`more than ${maxItems} items`, Array<unknown>(maxItems + 1).fill(item))]),
    ...(minItems ? [whole(`fewer than ${minItems} items`, Array<unknown>(minItems - 1).fill(item))] : []),
    ...violationsAt(schema.items, `${pointer}/0`, item, depth + 1).map((violation) => ({
      ...violation,
      value: [violation.value],
    })),
  ]
}

function badObjects(schema: JsonSchema, pointer: string, example: unknown, depth: number): Violation[] {
  if (!schema.properties) return []
  const base = typeof example === 'object' && example !== null ? (example as Record<string, unknown>) : {}
  const missing = (schema.required ?? []).map((name) => {
    const { [name]: _left, ...rest } = base
    return { what: `#${pointer}: without ${name}`, pointer: `#${pointer}`, value: rest }
  })
  const unknown =
    schema.additionalProperties === false
      ? [
          {
            what: `#${pointer}: an unknown property`,
            pointer: `#${pointer}/no_such_property`,
            value: { ...base, no_such_property: 1 },
          },
        ]
      : []
  const inner = Object.entries(schema.properties).flatMap(([name, property]) =>
    violationsAt(property, `${pointer}/${name}`, base[name] ?? safeExample(property), depth + 1).map(
      (violation) => ({ ...violation, value: { ...base, [name]: violation.value } }),
    ),
  )
  return [...missing, ...unknown, ...inner]
}

function safeExample(schema: JsonSchema): unknown {
  try {
    return exampleOf(schema)
  } catch {
    return undefined
  }
}
