import { basicCredentials, readJson } from '@authly-server/core'
import type { Issuer } from './issuer.ts'
import { invalidToken, type Refusal, unavailable } from './refusal.ts'
import type { Settings } from './settings.ts'

/**
 * Asks the issuer whether a token still counts (RFC 7662), so that a revoked one is refused at once and not when it
 * expires. One more request to Authly for each request to the API.
 */
export async function introspect(
  fetch: Settings['fetch'],
  introspection: NonNullable<Settings['introspection']>,
  issuer: Issuer,
  token: string,
): Promise<Refusal | undefined> {
  try {
    const { introspection_endpoint: endpoint } = await issuer.metadata()
    if (endpoint === undefined) throw new TypeError('the issuer has no introspection_endpoint')
    const { value } = await readJson(
      fetch,
      new Request(endpoint, {
        method: 'POST',
        headers: {
          authorization: basicCredentials(introspection.clientId, introspection.clientSecret),
          accept: 'application/json',
        },
        body: new URLSearchParams({ token, token_type_hint: 'access_token' }),
      }),
    )
    return value['active'] === true ? undefined : invalidToken('the access token has been revoked')
  } catch (cause) {
    return unavailable('the issuer cannot be asked about the access token', cause)
  }
}
