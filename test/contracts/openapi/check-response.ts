/** Whether a response is one that the OpenAPI document promises: its status, its media type, its body. */
import { faultsOf, operationOf } from './document.ts'

/** Anything without an end, or that may be large, is checked by its own tests. */
const readable = /^application\/(?:problem\+)?json$/

/**
 * What the document does not promise in `response` to a request of `method` for `path`; empty when all is well.
 * Reads a copy of the body.
 */
export async function undocumented(
  method: string,
  path: string,
  response: Response,
): Promise<readonly string[]> {
  const operation = operationOf(method, path.split('?')[0] ?? '')
  // 404 and 405 of paths and methods that are not there.
  if (!operation || response.status === 101) return []
  const where = `${operation.operationId} ${response.status}`
  const promised = operation.responses[String(response.status)]
  if (!promised) return [`${where}: the status is not documented`]
  const type = response.headers.get('content-type')?.split(';')[0] ?? ''
  if (!promised.content) return response.body === null ? [] : [`${where}: a body is not documented`]
  const content = promised.content[type]
  if (!content) return [`${where}: the media type ${type} is not documented`]
  if (!content.schema || !readable.test(type)) return []
  const body: unknown = await response.clone().json()
  return faultsOf(content.schema, body).map((fault) => `${where}: ${fault}`)
}
