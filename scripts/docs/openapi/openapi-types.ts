/** The parts of an OpenAPI 3.1 document that the generator touches. */

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

export type Schema = {
  $ref?: string
  type?: string | string[]
  /** Name of the component that it becomes (name-schemas.ts). */
  'x-authly-name'?: string
  format?: string
  description?: string
  enum?: Json[]
  const?: Json
  default?: Json
  example?: Json
  examples?: Json[]
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: boolean | Schema
  items?: Schema
  allOf?: Schema[]
  anyOf?: Schema[]
  oneOf?: Schema[]
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  exclusiveMaximum?: number
  minLength?: number
  minItems?: number
  pattern?: string
  [more: string]: unknown
}

export type Example = { summary?: string; value: Json }
export type MediaType = { schema?: Schema; example?: Json; examples?: Record<string, Example> }
export type Header = { $ref?: string; description?: string; required?: boolean; schema?: Schema }

export type Parameter = {
  $ref?: string
  name: string
  in: 'query' | 'path' | 'header' | 'cookie'
  required?: boolean
  description?: string
  schema?: Schema
  example?: Json
  examples?: Record<string, Example>
  style?: string
  explode?: boolean
}

export type RequestBody = {
  required?: boolean
  description?: string
  content: Record<string, MediaType>
}

export type Response = {
  $ref?: string
  description: string
  headers?: Record<string, Header>
  content?: Record<string, MediaType>
}

export type CodeSample = { lang: string; label: string; source: string }
export type SecurityRequirement = Record<string, string[]>

export type Operation = {
  operationId?: string
  summary?: string
  description?: string
  tags?: string[]
  parameters?: Parameter[]
  requestBody?: RequestBody
  responses: Record<string, Response>
  security?: SecurityRequirement[]
  'x-codeSamples'?: CodeSample[]
}

export type PathItem = Record<string, Operation>

export type OpenApiDocument = {
  openapi: string
  info: Record<string, unknown>
  servers?: { url: string }[]
  tags?: { name: string; description?: string }[]
  security?: SecurityRequirement[]
  paths: Record<string, PathItem>
  /** Requests that the server makes, by name; since 3.1. */
  webhooks?: Record<string, PathItem>
  components?: {
    schemas?: Record<string, Schema>
    parameters?: Record<string, Parameter>
    headers?: Record<string, Header>
    responses?: Record<string, Response>
    securitySchemes?: Record<string, Record<string, unknown>>
  }
  [extension: `x-${string}`]: unknown
}

export type LocatedOperation = { method: string; path: string; operation: Operation }

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']

/** Every operation of the document, in document order. */
export const operationsOf = (document: Pick<OpenApiDocument, 'paths'>): readonly LocatedOperation[] =>
  operationsIn(document.paths)

/** Every request that the server makes; the name of each is its `path`. */
export const webhooksOf = ({
  webhooks = {},
}: Pick<OpenApiDocument, 'webhooks'>): readonly LocatedOperation[] => operationsIn(webhooks)

const operationsIn = (items: Readonly<Record<string, PathItem>>): readonly LocatedOperation[] =>
  Object.entries(items).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => methods.includes(method))
      .map(([method, operation]) => ({ method, path, operation })),
  )
