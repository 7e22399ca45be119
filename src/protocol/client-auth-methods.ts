/** Ids of the client authentication methods (RFC 7591 `token_endpoint_auth_method`). */
export const clientAuthMethodNames = [
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
  'none',
] as const

/** What `private_key_jwt` may be signed with (RFC 7518 §3.1, RFC 9864): asymmetric algorithms only. */
export const assertionSigningAlgs = ['ES256', 'ES384', 'ES512', 'RS256', 'PS256', 'EdDSA', 'Ed25519'] as const

export type ClientAuthMethod = (typeof clientAuthMethodNames)[number]

/** The two forms of a secret (RFC 6749 §2.3.1): in the header and in the body. */
const secretMethods: readonly ClientAuthMethod[] = ['client_secret_basic', 'client_secret_post']

/** What a client is registered for that named no method (RFC 7591 §2). */
export const defaultClientAuthMethod = 'client_secret_basic' satisfies ClientAuthMethod

/** Whether clients of this method have secrets. */
export const usesSecret = (method: string): boolean => secretMethods.some((known) => known === method)

export interface RegisteredAuthMethod {
  readonly token_endpoint_auth_method: ClientAuthMethod
  /** False: nobody chose the method, it is the default. */
  readonly token_endpoint_auth_method_named: boolean
}

/**
 * How a client may authenticate. A method it named is a pin. Libraries differ about the default: for a client that
 * named none, both forms of the secret do.
 */
export const acceptedAuthMethods = (registered: RegisteredAuthMethod): readonly ClientAuthMethod[] =>
  registered.token_endpoint_auth_method === defaultClientAuthMethod &&
  !registered.token_endpoint_auth_method_named
    ? secretMethods
    : [registered.token_endpoint_auth_method]
