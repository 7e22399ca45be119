/**
 * The credentials a request presents to authenticate its client: exactly one method of RFC 6749 §2.3 and RFC 7523.
 * Two at once are refused, so that no other parser can pick the other one.
 */
import { base64url } from 'jose'
import { decodeText, isCompactJws } from '../../kit/base64url.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import type { ClientAuthMethod } from '../../protocol/client-auth-methods.ts'
import type { Parameters } from '../../protocol/parameters.ts'
import { invalidRequest, type OAuthRefusal, refuse } from '../../protocol/refusal.ts'

export const jwtBearerAssertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

export interface PresentedCredentials {
  readonly method: ClientAuthMethod
  readonly clientId: string
  /** The secret or the assertion; empty for `none`, which mutual TLS looks like as well. */
  readonly proof: string
}

/** Finds the authentication method that a request uses. */
export function readClientCredentials(
  authorization: string | null,
  form: Parameters,
): Result<PresentedCredentials, OAuthRefusal> {
  const assertion = form.get('client_assertion')
  const secret = form.get('client_secret')
  const clientId = form.get('client_id')
  const ways = (authorization === null ? 0 : 1) + (assertion ? 1 : 0) + (secret ? 1 : 0)
  if (ways > 1) return err(invalidRequest('more than one way of client authentication'))
  if (authorization !== null) return readBasic(authorization, clientId)
  if (assertion) return readAssertion(assertion, form.get('client_assertion_type'), clientId)
  if (clientId === undefined) return err(invalidClient('client authentication is missing'))
  return ok({ method: secret ? 'client_secret_post' : 'none', clientId, proof: secret ?? '' })
}

/** RFC 6749 §5.2, for a request without Authorization header: a challenge would name a scheme it does not use. */
export const invalidClient = (description: string, detail?: string): OAuthRefusal =>
  refuse('invalid_client', description, { detail })

/**
 * RFC 6749 §5.2, for a request with Authorization header: 401 and a challenge. The challenge repeats the reason,
 * because libraries that see one do not read the body.
 */
export const challengedClient = (description: string, detail?: string): OAuthRefusal =>
  refuse('invalid_client', description, {
    status: 401,
    challenge: `Basic realm="authly", charset="UTF-8", error="invalid_client", error_description="${description}"`,
    detail,
  })

/** RFC 6749 §2.3.1: both halves are form-encoded before they are joined. */
function readBasic(
  authorization: string,
  bodyClientId: string | undefined,
): Result<PresentedCredentials, OAuthRefusal> {
  const malformed = () => err(challengedClient('the Authorization header is malformed'))
  const [scheme, encoded, ...rest] = authorization.split(' ')
  if (scheme?.toLowerCase() !== 'basic' || !encoded || rest.length > 0) return malformed()
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      base64url.decode(encoded.replaceAll('+', '-').replaceAll('/', '_')),
    )
    const colon = text.indexOf(':')
    if (colon < 1) return malformed()
    const clientId = decodeURIComponent(text.slice(0, colon).replaceAll('+', ' '))
    const proof = decodeURIComponent(text.slice(colon + 1).replaceAll('+', ' '))
    if (bodyClientId !== undefined && bodyClientId !== clientId) {
      return err(invalidRequest('client_id differs from the Authorization header'))
    }
    return ok({ method: 'client_secret_basic', clientId, proof })
  } catch {
    return malformed()
  }
}

/** RFC 7523 §2.2: the client is the assertion's subject; none of it is trusted before the signature is verified. */
function readAssertion(
  assertion: string,
  type: string | undefined,
  bodyClientId: string | undefined,
): Result<PresentedCredentials, OAuthRefusal> {
  if (type !== jwtBearerAssertionType) return err(invalidRequest('client_assertion_type is not supported'))
  const clientId = readSubject(assertion)
  if (clientId === undefined) return err(invalidClient('the client assertion is malformed'))
  if (bodyClientId !== undefined && bodyClientId !== clientId) {
    return err(invalidRequest('client_id differs from the client assertion'))
  }
  return ok({ method: 'private_key_jwt', clientId, proof: assertion })
}

function readSubject(jwt: string): string | undefined {
  if (!isCompactJws(jwt)) return undefined
  try {
    const payload = JSON.parse(decodeText(jwt.split('.')[1] ?? '')) as { sub?: unknown }
    return typeof payload.sub === 'string' && payload.sub !== '' ? payload.sub : undefined
  } catch {
    return undefined
  }
}
