/** Merges the descriptions of `routes/` into their operations. */
import type { Header, Json, MediaType, Operation, Parameter, Response, Schema } from './openapi-types.ts'
import type { AnswerWords, FieldWords, RouteWords } from './route-words.ts'

const formType = 'application/x-www-form-urlencoded'

/**
 * The operation with its description.
 * @throws Error when the description and the route do not declare the same statuses
 */
export function withWords(operation: Operation, words: RouteWords): Operation {
  const declared = Object.keys(operation.responses).sort().join()
  const described = Object.keys(words.answers).sort().join()
  if (declared !== described) {
    throw new Error(`${operation.operationId}: the route declares ${declared}, its words ${described}`)
  }
  const responses = Object.entries(operation.responses).map(([status, response]) => [
    status,
    answer(response.description, words.answers[Number(status)] as AnswerWords),
  ])
  return {
    ...operation,
    description: [words.description, operation.description].filter(Boolean).join('\n\nSpecification: '),
    ...(words.query || words.path
      ? {
          parameters: [
            ...(words.path ?? []).map((field) => ({
              ...queryParameter(field),
              in: 'path' as const,
              required: true,
            })),
            ...(words.query ?? []).map(queryParameter),
          ],
        }
      : {}),
    ...(words.body ? { requestBody: jsonBody(words.body) } : {}),
    ...(words.form ? { requestBody: form(words.form) } : {}),
    ...{ responses: Object.fromEntries(responses), security: [...(words.security ?? [{}])] },
  }
}

const queryParameter = (field: FieldWords): Parameter => ({
  ...{ name: field.name, in: 'query', required: field.required ?? false, description: field.description },
  ...{ schema: schemaOf(field), example: exampleOf(field) },
})

const jsonBody = ({ schema, example }: NonNullable<RouteWords['body']>) => ({
  required: true,
  content: { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` }, example } },
})

function form(fields: readonly FieldWords[]) {
  const required = fields.filter((field) => field.required).map(({ name }) => name)
  const shown = fields.filter((field) => field.required || required.length === 0)
  const properties = fields.map((field) => [
    field.name,
    { ...schemaOf(field), description: field.description },
  ])
  const schema: Schema = {
    ...{ type: 'object', properties: Object.fromEntries(properties) },
    ...(required.length > 0 ? { required } : {}),
  }
  const example = Object.fromEntries(shown.map((field) => [field.name, exampleOf(field)]))
  return { required: required.length > 0, content: { [formType]: { schema, example } } }
}

function schemaOf({ values, repeatable, example }: FieldWords): Schema {
  const one: Schema = { type: 'string', ...(values ? { enum: [...values] } : { examples: [example] }) }
  return repeatable ? { type: 'array', items: one } : one
}

const exampleOf = ({ example, repeatable }: FieldWords): Json => (repeatable ? [example] : example)

function answer(description: string, { json, examples, problem, other, headers }: AnswerWords): Response {
  const content: Record<string, MediaType> = {}
  if (problem) content['application/problem+json'] = { schema: { $ref: '#/components/schemas/Problem' } }
  if (json !== undefined) {
    const named = Object.entries(examples ?? {}).map(([name, value]) => [name, { value }])
    content['application/json'] = {
      schema: { $ref: `#/components/schemas/${json}` },
      examples: Object.fromEntries(named),
    }
  }
  for (const [type, example] of Object.entries(other ?? {})) {
    content[type] = { schema: { type: 'string' }, example }
  }
  return {
    description,
    ...(headers ? { headers: referTo(headers) } : {}),
    ...(Object.keys(content).length > 0 ? { content } : {}),
  }
}

/** References to `components.headers`. */
export const referTo = (names: readonly string[]): Record<string, Header> =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))
