/**
 * Who may read the metrics: the holder of the configured token, who sees no clients, or of an access token of the admin
 * API, who sees the clients if they may read those too.
 */
import { type AuthenticateNeeds, authenticate } from '../admin/authenticate.ts'
import { problemOfError } from '../admin/problem-of-error.ts'
import { tooManyRequests } from '../admin/problems.ts'
import { recordDenial } from '../admin/record-denial.ts'
import type { Origin } from '../audit/event.ts'
import { readBearerToken } from '../kit/bearer-token.ts'
import { constantTimeEqual, sha256 } from '../kit/hash.ts'
import type { Problem } from '../kit/problem.ts'
import { err, ok, type Result } from '../kit/result.ts'
import { rateLimitHeaders } from '../rate-limits/rate-limit-headers.ts'
import type { MetricSources } from './metric-sources.ts'

export interface ScraperNeeds extends AuthenticateNeeds {
  readonly config: AuthenticateNeeds['config'] & { readonly metricsToken: string | undefined }
  readonly metricSources: Pick<MetricSources, 'maySeeClients'>
}

export interface Scraper {
  readonly outcome: Result<{ readonly seesClients: boolean }, Problem>
  /** `RateLimit` headers for the response, whatever the outcome. */
  readonly headers: Readonly<Record<string, string>>
}

/** For the audit trail, the denials of which name operations. */
const operation = { id: 'getMetrics', method: 'get', permission: 'admin:stats:read' } as const

export async function findScraper(needs: ScraperNeeds, request: Request, origin: Origin): Promise<Scraper> {
  const presented = readBearerToken(request.headers.get('authorization'))
  if (presented !== undefined && (await isMetricsToken(presented, needs.config.metricsToken))) {
    const paid = await needs.rateLimiter.take('admin-actor', 'metrics-token')
    const headers = rateLimitHeaders(paid)
    return { outcome: paid.allowed ? ok({ seesClients: false }) : err(tooManyRequests), headers }
  }
  const { outcome, headers } = await authenticate(needs, request, operation, origin)
  if (!outcome.ok) return { outcome, headers }
  const { actor, authorized, scheme } = outcome.value
  try {
    return { outcome: ok({ seesClients: await needs.metricSources.maySeeClients(authorized) }), headers }
  } catch (error) {
    const problem = problemOfError(error, {}, scheme)
    if (!problem) throw error
    if (problem.status === 403) recordDenial(needs, operation, actor, origin, problem)
    return { outcome: err(problem), headers }
  }
}

/** The hashes are compared, so that the time tells neither what the token begins with nor how long it is. */
async function isMetricsToken(presented: string, token: string | undefined): Promise<boolean> {
  if (token === undefined) return false
  const [left, right] = await Promise.all([sha256(presented), sha256(token)])
  return constantTimeEqual(left, right)
}
