/** The last step of every response: adds the request id, and logs a refusal under that id. */
import { explanationOf } from '../kit/explain.ts'
import { logError, logWarning } from '../kit/log.ts'

/** Only the path is logged: a query may contain codes, tokens and sealed requests. */
const maxPathLength = 256

/** Adds `X-Request-Id`. Logs refusals and errors, including those sent in a redirect; never a success. */
export function finishResponse(request: Request, response: Response, requestId: string): Response {
  const explanation = explanationOf(response)
  if (explanation !== undefined || response.status >= 400) {
    const entry = {
      request_id: requestId,
      method: request.method,
      path: new URL(request.url).pathname.slice(0, maxPathLength),
      status: response.status,
      ...explanation,
    }
    if (response.status >= 500) logError('request_failed', entry)
    else logWarning('request_refused', entry)
  }
  // The headers of an upgraded connection can no longer be changed.
  if (response.status === 101) return response
  try {
    response.headers.set('x-request-id', requestId)
    return response
  } catch {
    // The headers of a fetched response are immutable.
    const copy = new Response(response.body, response)
    copy.headers.set('x-request-id', requestId)
    return copy
  }
}
