/**
 * Mutual TLS (RFC 8705 §2): the client is who holds the key of the certificate that the connection presented. Who ends
 * TLS has checked the possession; which certificate that was, and whether it is this client's, is checked here.
 */
import { type PresentedCertificate, readCertificate } from '../../certificates/presented-certificate.ts'
import type { Client } from '../../clients/client.ts'
import { lazily } from '../../kit/lazily.ts'
import type { ClientAuthenticator, ClientAuthNeeds } from './define-method.ts'

/** The X.509 parser: most deployments never see a certificate. */
const loadCertificates = lazily(() => import('../../certificates/verify-certificate.ts'))

/** §2.1: an authority vouches for the name of the client. */
export const tlsClientAuth: ClientAuthenticator = {
  method: 'tls_client_auth',
  isOffered: (mtls) => mtls?.verifiesChains === true,
  async verify(needs, client, _proof, request) {
    const presented = readCertificate(request, needs.config)
    if (!presented.ok) return presented.error
    if (presented.value.distrust !== undefined) return presented.value.distrust
    const { verifyName } = await loadCertificates()
    return verifyName(presented.value, client, needs.now())
  },
}

/** §2.2: the client has registered the key. Its chain is of no interest. */
export const selfSignedTlsClientAuth: ClientAuthenticator = {
  method: 'self_signed_tls_client_auth',
  isOffered: (mtls) => mtls !== undefined,
  async verify(needs, client, _proof, request) {
    const presented = readCertificate(request, needs.config)
    if (!presented.ok) return presented.error
    return verifyKeyOf(needs, client, presented.value)
  },
}

async function verifyKeyOf(
  needs: ClientAuthNeeds,
  client: Client,
  presented: PresentedCertificate,
): Promise<string | undefined> {
  const { verifyKey } = await loadCertificates()
  let reason: string | undefined
  for (const stale of [false, true]) {
    const jwks = await needs.fetchClientJwks(client, { stale })
    if (!jwks) return 'client keys cannot be fetched'
    const verified = await verifyKey(presented, jwks.keys, needs.now())
    reason = verified.reason
    // A new certificate may have been published since the keys were cached.
    if (!verified.keyMayBeNew || client.jwks_uri === undefined) return reason
  }
  return reason
}
