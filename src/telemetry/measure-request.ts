/** The metric of each request: how long it took, by route and outcome. */
import type { RequestContext } from '../kit/request-context.ts'
import { isCounting, measure } from './count.ts'
import { knownMethod, type RequestEnd } from './request-outcome.ts'

export function measureRequest(request: Request, { outcome }: RequestEnd, context: RequestContext): void {
  // The method is asked of the platform, which costs something.
  if (!isCounting()) return
  const { route = 'unmatched', startedAt } = context
  const seconds = (Date.now() - startedAt) / 1000
  measure('authly_http_request_duration_seconds', seconds, route, knownMethod(request.method), outcome)
}
