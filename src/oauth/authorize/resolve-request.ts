/** Finds out what is really asked for: the parameters themselves, or what they refer to. */
import { err, type Result } from '../../kit/result.ts'
import { invalidRequest } from '../../protocol/refusal.ts'
import type { RequestEndpoint } from './endpoint.ts'
import { requestSources } from './request-sources/index.ts'
import type {
  ReceivedRequest,
  RequestSourceNeeds,
  ResolvedRequest,
  UnresolvedRequest,
} from './request-sources/request-source.ts'

/** Resolves a request from the one source that it names. */
export async function resolveRequest(
  needs: RequestSourceNeeds,
  endpoint: RequestEndpoint,
  received: ReceivedRequest,
): Promise<Result<ResolvedRequest, UnresolvedRequest>> {
  const { parameters } = received
  // Attack: one part of the server acts on one of them, another part on the other (RFC 9101 §5).
  if (parameters.get('request') !== undefined && parameters.get('request_uri') !== undefined) {
    return err({ refusal: invalidRequest('request and request_uri are sent together') })
  }
  for (const { source, ...columns } of requestSources) {
    if (!source.isNamedBy(parameters)) continue
    if (!columns[endpoint]) break
    return source.resolve(needs, received)
  }
  return err({ refusal: invalidRequest('request_uri must not be sent here') })
}
