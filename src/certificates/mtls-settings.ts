/** Mutual TLS (RFC 8705) as this deployment has it. */

export interface MtlsSettings {
  /** Where clients connect that present a certificate; perhaps the issuer itself. */
  readonly origin: string
  /** Who ends TLS, and is believed about certificates. */
  readonly front: 'cloudflare' | 'proxy'
  /** Whether chains are verified, which `tls_client_auth` needs. */
  readonly verifiesChains: boolean
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
