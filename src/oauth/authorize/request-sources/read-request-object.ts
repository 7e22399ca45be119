/**
 * Reads a request object: a JWT (RFC 9101) that one of the client's keys has signed. Only what it contains is asked
 * for, whatever stands beside it (§6.3).
 */
import { sha256 } from '../../../kit/hash.ts'
import { err, ok, type Result } from '../../../kit/result.ts'
import { type Parameters, parseParameters } from '../../../protocol/parameters.ts'
import { type OAuthRefusal, refuse } from '../../../protocol/refusal.ts'
import { checkObjectClaims } from './check-object-claims.ts'
import { objectParameters } from './object-parameters.ts'
import type {
  ReceivedRequest,
  RequestSourceNeeds,
  ResolvedRequest,
  UnresolvedRequest,
} from './request-source.ts'
import { verifyRequestObject } from './verify-request-object.ts'

/**
 * Resolves `object` for the client that `received` names.
 * @param isPublished it stands at an address of the client, for any number of requests
 */
export async function readRequestObject(
  needs: RequestSourceNeeds,
  received: ReceivedRequest,
  object: string,
  { isPublished = false }: { readonly isPublished?: boolean } = {},
): Promise<Result<ResolvedRequest, UnresolvedRequest>> {
  const { client } = received
  const verified = await verifyRequestObject(needs, client, object)
  if (!verified.ok) return err({ refusal: invalidObject(verified.error) })
  const claims = verified.value
  const encoded = objectParameters(claims, client.client_id)
  if (!encoded.ok) return err({ refusal: invalidObject(encoded.error) })
  const parsed = parseParameters(encoded.value)
  if (!parsed.ok) return err({ refusal: invalidObject(parsed.error) })
  const parameters = parsed.value
  // From here on they are the client's own words, and it may be told where it asks to be.
  const refused = (fault: string) => err({ refusal: invalidObject(fault), parameters })
  const isForOne = claims.jti === undefined && !isPublished && isOfOnePerson(parameters)
  const digest = isForOne ? await sha256(JSON.stringify(claims)) : undefined
  const checked = checkObjectClaims(needs, client, claims, digest)
  if (!checked.ok) return refused(checked.error)
  const fault = contradiction(received.parameters, parameters)
  if (fault !== undefined) return refused(fault)
  return ok({ parameters, provenance: { pushed: false, signed: true, once: checked.value } })
}

/** A client chooses both anew for each person. Behind a button without them, one object may be there for everybody. */
const isOfOnePerson = (parameters: Parameters): boolean =>
  parameters.get('state') !== undefined || parameters.get('nonce') !== undefined

/**
 * OpenID Connect Core §6.1: what OAuth requires may stand beside the object and must say the same. Other parameters
 * there are ignored, `scope` too, which clients send as `openid` alone.
 */
function contradiction(outside: Parameters, inside: Parameters): string | undefined {
  const type = outside.get('response_type')
  return type === undefined || type === inside.get('response_type')
    ? undefined
    : 'response_type differs from the one beside it'
}

const invalidObject = (fault: string): OAuthRefusal =>
  refuse('invalid_request_object', `the request object is not valid: ${fault}`)
