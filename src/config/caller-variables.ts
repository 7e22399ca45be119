/** Who is in front of this server, and is believed about callers: their address and certificate. */
import { z } from 'zod'
import type { MtlsSettings } from '../certificates/mtls-settings.ts'
import type { deploymentVariables } from './deployment-variables.ts'
import { flag, origin, type Read } from './variable.ts'

export const callerVariables = {
  AUTHLY_CLIENT_ADDRESS: z
    .enum(['unknown', 'connection', 'cloudflare', 'proxy'])
    .default('unknown')
    .describe(
      'Who is in front of this server, and so is believed about the caller: address and client certificate. `cloudflare`: Cloudflare, which sets `CF-Connecting-IP`, `CF-Ray` and `cf.tlsClientAuth` itself. `proxy`: a proxy of yours that ends TLS, through which every request comes; the address is the last one in `X-Forwarded-For`, the certificate is in `Client-Cert` (RFC 9440), and the proxy replaces both headers ([deployment](deployment.md#where-requests-come-from)). `connection`: callers reach workerd directly; the address is that of the connection. `unknown`: there is no trusted source; all requests share the limits of one address, and an address list admits none. Headers that the caller could have set are ignored.',
    ),
  AUTHLY_MTLS_ORIGIN: origin
    .optional()
    .describe(
      'Switches mutual TLS on (RFC 8705): the origin where clients connect with a certificate, e.g. `https://mtls.auth.example.com`, announced in `mtls_endpoint_aliases`; or the issuer, where its own host asks for certificates. Needs AUTHLY_CLIENT_ADDRESS `cloudflare` or `proxy`, which tells where certificates come from ([mutual TLS](deployment.md#mutual-tls)).',
    ),
  AUTHLY_PROXY_VERIFIES_CERTIFICATES: flag(
    'Only with AUTHLY_CLIENT_ADDRESS `proxy`: the proxy sends `Client-Cert` for no certificate whose chain and revocation it has not verified. Without it `tls_client_auth` is not offered; self-signed certificates and tokens bound to a certificate need no chain.',
  ),
}

type Environment = Read<typeof callerVariables>

/** What contradicts itself in the environment, in words for its operator. */
export function findMtlsFaults(
  env: Environment & Pick<Read<typeof deploymentVariables>, 'AUTHLY_ISSUER'>,
): readonly string[] {
  const { AUTHLY_CLIENT_ADDRESS: front, AUTHLY_MTLS_ORIGIN: origin } = env
  const faults: string[] = []
  if (origin !== undefined && front !== 'cloudflare' && front !== 'proxy') {
    faults.push(
      'AUTHLY_MTLS_ORIGIN needs AUTHLY_CLIENT_ADDRESS cloudflare or proxy: nobody else passes certificates on',
    )
  }
  if (origin !== undefined && !origin.startsWith('https://') && env.AUTHLY_ISSUER.startsWith('https://')) {
    faults.push('AUTHLY_MTLS_ORIGIN must be https')
  }
  // Attack: a leftover from a time with a proxy must not let self-made certificates count as verified.
  if (env.AUTHLY_PROXY_VERIFIES_CERTIFICATES && (front !== 'proxy' || origin === undefined)) {
    faults.push(
      'AUTHLY_PROXY_VERIFIES_CERTIFICATES is for AUTHLY_CLIENT_ADDRESS proxy with AUTHLY_MTLS_ORIGIN only',
    )
  }
  return faults
}

function toMtlsSettings(env: Environment): MtlsSettings | undefined {
  const { AUTHLY_CLIENT_ADDRESS: front, AUTHLY_MTLS_ORIGIN: origin } = env
  if (origin === undefined || (front !== 'cloudflare' && front !== 'proxy')) return undefined
  return {
    origin,
    front,
    verifiesChains: front === 'cloudflare' || env.AUTHLY_PROXY_VERIFIES_CERTIFICATES,
  }
}

export const toCallers = (env: Environment) => ({
  clientAddress: env.AUTHLY_CLIENT_ADDRESS,
  mtls: toMtlsSettings(env),
})
