/** Ids of the client authentication methods (RFC 7591 `token_endpoint_auth_method`). */
export const clientAuthMethodNames = [
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
  'tls_client_auth',
  'self_signed_tls_client_auth',
  'none',
] as const

/** Algorithms allowed for `private_key_jwt` (RFC 7518 §3.1, RFC 9864): asymmetric only. */
export const assertionSigningAlgs = ['ES256', 'ES384', 'ES512', 'RS256', 'PS256', 'EdDSA', 'Ed25519'] as const

export type ClientAuthMethod = (typeof clientAuthMethodNames)[number]

/** The two ways to send a secret (RFC 6749 §2.3.1): in the header and in the body. */
const secretMethods: readonly ClientAuthMethod[] = ['client_secret_basic', 'client_secret_post']

/** The method of a client registered without one (RFC 7591 §2). */
export const defaultClientAuthMethod = 'client_secret_basic' satisfies ClientAuthMethod

/** Whether clients that use this method have secrets. */
export const usesSecret = (method: string): boolean => secretMethods.some((known) => known === method)

/** By the certificate of the connection (RFC 8705 §2): the request itself carries the client id alone. */
const certificateMethods: readonly ClientAuthMethod[] = ['tls_client_auth', 'self_signed_tls_client_auth']

/** Whether clients that use this method present a certificate. */
export const usesCertificate = (method: ClientAuthMethod): boolean => certificateMethods.includes(method)

export interface RegisteredAuthMethod {
  readonly token_endpoint_auth_method: ClientAuthMethod
  /** False: no method was registered, so the default applies. */
  readonly token_endpoint_auth_method_named: boolean
}

/**
 * The methods a client may authenticate with. A registered method is binding. Libraries differ about the default,
 * so a client without a registered method may send its secret either way.
 */
export const acceptedAuthMethods = (registered: RegisteredAuthMethod): readonly ClientAuthMethod[] =>
  registered.token_endpoint_auth_method === defaultClientAuthMethod &&
  !registered.token_endpoint_auth_method_named
    ? secretMethods
    : [registered.token_endpoint_auth_method]
