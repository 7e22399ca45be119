/** The OpenAPI document of the app, as contract tests read it: operations with their references resolved. */
import { Validator, type Schema as ValidatorSchema } from '@cfworker/json-schema'
import { describedApp } from '../../../scripts/docs/described-app.ts'

export interface JsonSchema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | JsonSchema
  readonly items?: JsonSchema
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly pattern?: string
  readonly format?: string
  readonly example?: unknown
  readonly examples?: readonly unknown[]
  readonly default?: unknown
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
  readonly allOf?: readonly JsonSchema[]
}

export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required?: boolean
  readonly schema: JsonSchema
}

interface Content {
  readonly schema?: JsonSchema
}

export interface DocumentedOperation {
  readonly operationId: string
  /** Upper case. */
  readonly method: string
  readonly path: string
  /** The scope that the token must have; admin operations only. */
  readonly scope: string | undefined
  readonly parameters: readonly Parameter[]
  /** Media type -> schema. */
  readonly body: Readonly<Record<string, JsonSchema>>
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, Content>>; readonly headers?: object }>
  >
}

const whole = describedApp()
const document = whole.getOpenAPI31Document({ openapi: '3.1.0', info: { title: 'Authly', version: '0' } })
const components = document.components as unknown as { schemas: Record<string, JsonSchema> }

interface Item {
  readonly operationId: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> }
  readonly responses: DocumentedOperation['responses']
  readonly security?: readonly { readonly oauth2?: readonly string[] }[]
}

/** Every operation under `/admin`. */
export const adminOperations: readonly DocumentedOperation[] = Object.entries(document.paths ?? {})
  .filter(([path]) => path.startsWith('/admin'))
  .flatMap(([path, item]) =>
    Object.entries(item as unknown as Record<string, Item>).map(([method, operation]) => ({
      operationId: operation.operationId,
      method: method.toUpperCase(),
      path,
      scope: operation.security?.find(({ oauth2 }) => oauth2)?.oauth2?.[0],
      parameters: operation.parameters ?? [],
      body: Object.fromEntries(
        Object.entries(operation.requestBody?.content ?? {}).map(([type, { schema = {} }]) => [type, schema]),
      ),
      responses: operation.responses,
    })),
  )

/** Every schema of the document that has a name, and those in place. */
export const adminSchemas: unknown = [components, adminOperations]

/** The schema behind a reference. */
export function resolve(schema: JsonSchema): JsonSchema {
  if (schema.$ref === undefined) return schema
  const name = schema.$ref.replace('#/components/schemas/', '')
  const target = components.schemas[name]
  if (!target) throw new Error(`${schema.$ref} leads nowhere`)
  return resolve(target)
}

const validators = new WeakMap<JsonSchema, Validator>()

/** What breaks `schema` in `value`; empty when nothing does. */
export function faultsOf(schema: JsonSchema, value: unknown): readonly string[] {
  let validator = validators.get(schema)
  if (!validator) {
    validator = new Validator({ ...schema, components } as unknown as ValidatorSchema, '2020-12', false)
    validators.set(schema, validator)
  }
  const { valid, errors } = validator.validate(value)
  return valid ? [] : errors.map(({ instanceLocation, error }) => `${instanceLocation} ${error}`)
}

/** The operation that answers a request; undefined for what is not documented. */
export function operationOf(method: string, pathname: string): DocumentedOperation | undefined {
  const parts = pathname.split('/')
  const fitting = adminOperations.filter((operation) => {
    const wanted = operation.path.split('/')
    return (
      operation.method === method &&
      wanted.length === parts.length &&
      wanted.every((part, index) => part.startsWith('{') || part === parts[index])
    )
  })
  // A literal part wins over a parameter, as in the router: `/users/export` is no user.
  const parameters = ({ path }: DocumentedOperation) => path.split('{').length
  return fitting.sort((left, right) => parameters(left) - parameters(right))[0]
}
