/** Mutual TLS (RFC 8705) as this deployment has it. */

export interface MtlsSettings {
  /** Where clients connect that present a certificate; perhaps the issuer itself. */
  readonly origin: string
  /** Who ends TLS, and is believed about certificates. */
  readonly front: 'cloudflare' | 'proxy'
  /** Whether chains are verified, which `tls_client_auth` needs. */
  readonly verifiesChains: boolean
}

interface MtlsEnvironment {
  readonly AUTHLY_ISSUER: string
  readonly AUTHLY_MTLS_ORIGIN?: string | undefined
  readonly AUTHLY_CLIENT_ADDRESS: 'unknown' | 'connection' | 'cloudflare' | 'proxy'
  readonly AUTHLY_PROXY_VERIFIES_CERTIFICATES: boolean
}

/** What contradicts itself in the environment, in words for its operator. */
export function findMtlsFaults(env: MtlsEnvironment): readonly string[] {
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

export function toMtlsSettings(env: MtlsEnvironment): MtlsSettings | undefined {
  const { AUTHLY_CLIENT_ADDRESS: front, AUTHLY_MTLS_ORIGIN: origin } = env
  if (origin === undefined || (front !== 'cloudflare' && front !== 'proxy')) return undefined
  return {
    origin,
    front,
    verifiesChains: front === 'cloudflare' || env.AUTHLY_PROXY_VERIFIES_CERTIFICATES,
  }
}

/** The endpoints that a client calls itself, with its certificate (RFC 8705 §5): their names in the metadata. */
export const aliasedEndpoints = [
  'token_endpoint',
  'pushed_authorization_request_endpoint',
  'introspection_endpoint',
  'revocation_endpoint',
  'userinfo_endpoint',
] as const

/**
 * Which of our two origins a request was sent to. The Host header chooses between them; any other one means the issuer.
 */
export function calledOrigin(
  url: string,
  { issuer, mtls }: { readonly issuer: string; readonly mtls?: MtlsSettings | undefined },
): string {
  return mtls !== undefined && new URL(url).host === new URL(mtls.origin).host ? mtls.origin : issuer
}
