/** Moves identical answers of many operations into the components, once: a third of the size. */
import { type OpenApiDocument, operationsOf, type Response } from './openapi-types.ts'

const reasons: Readonly<Record<string, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  412: 'PreconditionFailed',
  413: 'ContentTooLarge',
  415: 'UnsupportedMediaType',
  422: 'UnprocessableContent',
  428: 'PreconditionRequired',
  429: 'TooManyRequests',
  500: 'ServerError',
  503: 'Unavailable',
}

const worthSharing = 3

/** A copy of `document` in which equal refusals are references. */
export function shareResponses(document: OpenApiDocument): OpenApiDocument {
  const shared = structuredClone(document)
  const uses = new Map<string, number>()
  const refusals = operationsOf(shared).flatMap(({ operation }) =>
    Object.entries(operation.responses)
      .filter(([status]) => status in reasons)
      .map(([status, response]) => ({
        operation,
        status,
        response,
        text: status + JSON.stringify(response),
      })),
  )
  for (const { text } of refusals) uses.set(text, (uses.get(text) ?? 0) + 1)
  const names = new Map<string, string>()
  const responses: Record<string, Response> = {}
  for (const { operation, status, response, text } of refusals) {
    if ((uses.get(text) ?? 0) < worthSharing) continue
    const name = names.get(text) ?? freeName(responses, reasons[status] as string, response)
    names.set(text, name)
    responses[name] = response
    operation.responses[status] = { $ref: `#/components/responses/${name}` } as Response
  }
  shared.components = { ...shared.components, responses: { ...shared.components?.responses, ...responses } }
  return shared
}

function freeName(taken: Record<string, Response>, reason: string, { content = {} }: Response): string {
  const kind = content['text/html'] ? 'Page' : content['application/problem+json'] ? '' : 'OAuth'
  for (let count = 1; ; count++) {
    const name = `${kind}${reason}${count === 1 ? '' : count}`
    if (!(name in taken)) return name
  }
}
