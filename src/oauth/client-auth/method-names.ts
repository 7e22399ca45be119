/** Ids of the client authentication methods (RFC 7591 `token_endpoint_auth_method`). */
export const clientAuthMethodNames = [
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
  'none',
] as const

export type ClientAuthMethod = (typeof clientAuthMethodNames)[number]
