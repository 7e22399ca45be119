import { basicCredentials, type ClientKey, clientAssertion } from '@authly-server/core'

/** What a request to the server carries, so that it knows this client. */
export interface ClientAuthentication {
  /** For the token endpoint's own way of sending it. */
  readonly clientSecret: string | undefined
  readonly parameters: () => Promise<Readonly<Record<string, string>>>
  readonly headers: Readonly<Record<string, string>>
}

export function clientAuthentication(client: {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string | undefined
  readonly clientKey: ClientKey | undefined
}): ClientAuthentication {
  const { issuer, clientId, clientSecret, clientKey } = client
  if (clientKey) {
    const assert = clientAssertion(issuer, clientId, clientKey)
    return {
      clientSecret: undefined,
      headers: {},
      parameters: async () => ({ client_id: clientId, ...(await assert()) }),
    }
  }
  return {
    clientSecret,
    headers: clientSecret ? { authorization: basicCredentials(clientId, clientSecret) } : {},
    parameters: async () => ({}),
  }
}
