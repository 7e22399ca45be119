/**
 * Mutual TLS (RFC 8705 §3): the token is bound to the certificate of the connection it was issued on. Who ends TLS has
 * checked that the client has its key; neither its name nor its chain matters, so public clients may use one of their
 * own making (§4).
 */
import { readCertificate, thumbprintOf } from '../../certificates/presented-certificate.ts'
import { err, ok } from '../../kit/result.ts'
import { invalidRequest } from '../../protocol/refusal.ts'
import type { SenderConstraint } from './define-constraint.ts'
import { refuseToken } from './token-challenge.ts'

export const mtls: SenderConstraint = {
  member: 'x5t#S256',
  tokenType: 'Bearer',
  isAsked(request, client, config) {
    if (client.tls_client_certificate_bound_access_tokens) return true
    // A client that must be bound somehow and shows no other key.
    const isOpen =
      client.rules.sender_constraint_required &&
      !client.dpop_bound_access_tokens &&
      !request.headers.has('dpop')
    return isOpen && readCertificate(request, config).ok
  },
  async prove({ config }, { request, accessToken }) {
    const presented = readCertificate(request, config)
    if (presented.ok) return ok({ thumbprint: await thumbprintOf(presented.value) })
    const detail = presented.error
    return err(
      accessToken === undefined
        ? {
            ...invalidRequest('the tokens of this client are bound to a certificate, which is needed'),
            detail,
          }
        : refuseToken('Bearer', 'invalid_token', 'the access token is bound to a certificate', { detail }),
    )
  },
}
