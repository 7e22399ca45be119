/** What valid schemas must also be, so that code generators make something of them that compiles. */
import { onlyValueOf } from './name-schemas.ts'
import type { Schema } from './openapi-types.ts'
import { portablePattern } from './portable-pattern.ts'

type Schemas = Record<string, Schema>

/**
 * By which field the alternatives of each component are told apart: without it generators try one after the other, or
 * fail. It must be required in each, with a value of its own (OpenAPI 3.1 §4.8.25).
 */
export function tellApart(schemas: Schemas): void {
  for (const schema of Object.values(schemas)) {
    const references = schema.oneOf?.map(({ $ref }) => $ref) ?? []
    const choices = references.map((reference) => schemas[reference?.split('/').at(-1) ?? ''])
    const names = Object.keys(choices[0]?.properties ?? {})
    const propertyName = names.find((name) => isTelling(name, choices))
    if (propertyName === undefined) continue
    const mapping = choices.map((choice, index) => [
      onlyValueOf(choice?.properties?.[propertyName]),
      references[index],
    ])
    schema['discriminator'] = { propertyName, mapping: Object.fromEntries(mapping) }
  }
}

function isTelling(name: string, choices: readonly (Schema | undefined)[]): boolean {
  const values = choices.map((choice) =>
    choice?.required?.includes(name) ? onlyValueOf(choice.properties?.[name]) : undefined,
  )
  return !values.includes(undefined) && new Set(values).size === choices.length
}

/** Removes defaults that are objects and patterns that a format implies; respells patterns that are JavaScript's own. */
export function makePortable(part: unknown): void {
  if (typeof part !== 'object' || part === null) return
  const schema = part as Schema
  // Absent means the same; generators turn it into code that does not compile.
  if (isObject(schema.default)) delete schema.default
  // Python's clients have a type for it, and try the pattern on that.
  if (schema.format === 'uuid') delete schema.pattern
  if (typeof schema.pattern === 'string') schema.pattern = portablePattern(schema.pattern)
  for (const [key, value] of Object.entries(part)) {
    if (key === 'properties') for (const member of Object.values(value)) makePortable(member)
    else if (!isValue.has(key)) makePortable(value)
  }
}

const isValue = new Set(['example', 'examples', 'enum', 'const', 'default', 'x-codeSamples'])
const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
