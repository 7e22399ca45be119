/** TypeScript for the schemas of the OpenAPI document. */
import type { Json, Schema } from '../../docs/openapi/openapi-types.ts'

/** The type of a schema, as an expression. @param note called with each component it refers to */
export function typeOfSchema(schema: Schema, note: (component: string) => void): string {
  const typeOf = (inner: Schema) => typeOfSchema(inner, note)
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split('/').at(-1) ?? ''
    note(name)
    return name
  }
  if (schema.const !== undefined) return literal(schema.const)
  if (schema.enum) return union(schema.enum.map(literal))
  const choices = schema.anyOf ?? schema.oneOf
  if (choices) return union(choices.map(typeOf))
  if (schema.allOf) return schema.allOf.map((part) => `(${typeOf(part)})`).join(' & ')
  const types = [schema.type ?? []].flat()
  if (types.length > 1) return union(types.map((type) => typeOf({ ...schema, type })))
  switch (types[0]) {
    case 'array':
      return `readonly ${parenthesised(typeOf(schema.items ?? {}))}[]`
    case 'object':
      return objectType(schema, note)
    case 'string':
      return 'string'
    case 'integer':
    case 'number':
      return 'number'
    case 'boolean':
      return 'boolean'
    case 'null':
      return 'null'
    default:
      return 'unknown'
  }
}

function objectType(schema: Schema, note: (component: string) => void): string {
  const { properties, additionalProperties: more } = schema
  if (!properties || Object.keys(properties).length === 0) {
    const value = typeof more === 'object' ? typeOfSchema(more, note) : 'unknown'
    return `Readonly<Record<string, ${value}>>`
  }
  const lines = Object.entries(properties).map(([name, member]) => {
    const isRequired = schema.required?.includes(name) ?? false
    const type = typeOfSchema(member, note)
    return `${comment(member.description)}readonly ${propertyName(name)}${isRequired ? `: ${type}` : `?: ${type} | undefined`}`
  })
  const known = `{\n${lines.join('\n')}\n}`
  return more === true || typeof more === 'object' ? `${known} & Readonly<Record<string, unknown>>` : known
}

/** `export interface` where it can be, so that messages of the compiler name it. */
export function declarationOf(name: string, schema: Schema, note: (component: string) => void): string {
  const type = typeOfSchema(schema, note)
  const isPlain = type.startsWith('{') && type.endsWith('}')
  return `${comment(schema.description)}${isPlain ? `export interface ${name} ${type}` : `export type ${name} = ${type}`}\n`
}

const union = (types: readonly string[]): string => [...new Set(types)].join(' | ') || 'never'
const parenthesised = (type: string): string => (/^[\w.]+$/.test(type) ? type : `(${type})`)
const literal = (value: Json): string => JSON.stringify(value)
const propertyName = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name))

/** A doc comment, which no text of the document can end. */
export function comment(text: string | undefined): string {
  if (!text?.trim()) return ''
  const lines = text.trim().replaceAll('*/', '*\u200b/').split('\n')
  return lines.length === 1
    ? `/** ${lines[0]} */\n`
    : `/**\n${lines.map((line) => ` * ${line}`).join('\n')}\n */\n`
}
