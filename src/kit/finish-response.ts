/** The last touch of every response: the request's id, and for a refusal the line of the log that the id finds. */
import { explanationOf } from './explain.ts'
import { logError, logWarning } from './log.ts'

/** The path alone: a query may hold codes, tokens and sealed requests. */
const longestPath = 256

/** Adds `X-Request-Id`. Logs refusals and errors, also those that travel in a redirect; never a success. */
export function finishResponse(request: Request, response: Response, requestId: string): Response {
  const explanation = explanationOf(response)
  if (explanation !== undefined || response.status >= 400) {
    const entry = {
      request_id: requestId,
      method: request.method,
      path: new URL(request.url).pathname.slice(0, longestPath),
      status: response.status,
      ...explanation,
    }
    if (response.status >= 500) logError('request_failed', entry)
    else logWarning('request_refused', entry)
  }
  // An upgraded connection has no headers left to add.
  if (response.status === 101) return response
  try {
    response.headers.set('x-request-id', requestId)
    return response
  } catch {
    // Headers of a response that came from elsewhere cannot be changed.
    const copy = new Response(response.body, response)
    copy.headers.set('x-request-id', requestId)
    return copy
  }
}
