/** Who a token is of, asked at the server (OpenID Connect Core §5.3). */
import * as oidc from 'openid-client'
import { explain } from './oauth-client.ts'

/** Throws Failure when the server does not say. */
export const whoIsSignedIn = (
  server: oidc.Configuration,
  accessToken: string,
): Promise<oidc.UserInfoResponse> =>
  oidc.fetchUserInfo(server, accessToken, oidc.skipSubjectCheck).catch((error: unknown) => {
    throw explain(error, 'The server does not say who you are')
  })
