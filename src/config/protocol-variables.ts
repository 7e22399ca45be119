/** What is demanded of clients, and how long tokens, sessions and keys live. */
import { z } from 'zod'
import { profiles } from '../clients/profile.ts'
import { flag, type Read, seconds } from './variable.ts'

export const protocolVariables = {
  AUTHLY_CLIENT_PROFILE: z
    .enum(profiles)
    .default('oidc')
    .describe(
      'The [profile](profiles.md) of clients that have none of their own (`authly client-profiles check` says what a change does to them).',
    ),
  AUTHLY_ACCESS_TOKEN_TTL_SECONDS: seconds(600, 'Access token lifetime, unless the client has its own.'),
  AUTHLY_ID_TOKEN_TTL_SECONDS: seconds(600, 'ID token lifetime, unless the client has its own.'),
  AUTHLY_AUTHORIZATION_CODE_TTL_SECONDS: seconds(60, 'Authorization code lifetime.'),
  AUTHLY_REQUIRE_PUSHED_AUTHORIZATION_REQUESTS: flag(
    'Every client must push its authorization requests first (RFC 9126), whatever its `require_pushed_authorization_requests` says ([authorization requests](authorization-requests.md)).',
  ),
  AUTHLY_REFRESH_TOKEN_IDLE_TTL_SECONDS: seconds(
    14 * 86_400,
    'A refresh token family ends if its token is not used for this long.',
  ),
  AUTHLY_REFRESH_TOKEN_ABSOLUTE_TTL_SECONDS: seconds(
    90 * 86_400,
    'Maximum lifetime of a refresh token family.',
  ),
  AUTHLY_REFRESH_REPLAY_GRACE_SECONDS: seconds(
    30,
    'Within this window, presenting the previous refresh token again returns the same successor.',
  ),
  AUTHLY_SESSION_IDLE_TTL_SECONDS: seconds(
    7 * 86_400,
    'A sign-in session ends if it is not used for this long.',
  ),
  AUTHLY_SESSION_ABSOLUTE_TTL_SECONDS: seconds(30 * 86_400, 'Maximum lifetime of a sign-in session.'),
  AUTHLY_INTERACTION_TTL_SECONDS: seconds(
    1800,
    'How long a person may take on the sign-in and consent pages.',
  ),
  AUTHLY_KEY_ROTATION_SECONDS: seconds(
    90 * 86_400,
    'Age at which a signing key is replaced by its successor.',
  ),
  AUTHLY_KEY_PREPUBLISH_SECONDS: seconds(
    86_400,
    'A key is in the JWKS this long before it signs: at least 600, so that every cached key set has it by then.',
  ).refine((value) => value >= 600, 'must be at least 600'),
  AUTHLY_KEY_RETENTION_SECONDS: seconds(
    7 * 86_400,
    'A retired key stays in the JWKS this long. Keep it above the longest token lifetime.',
  ),
  AUTHLY_DPOP_NONCE: z
    .enum(['public_clients', 'every_client', 'no_client'])
    .default('public_clients')
    .describe(
      'Whose DPoP proofs must contain a nonce of this server (RFC 9449 §8), which costs them one more request now and then. Applications in browsers and on devices are public clients ([sender-constrained tokens](sender-constrained-tokens.md#nonces)). A nonce is offered to all of them.',
    ),
  AUTHLY_SESSION_MANAGEMENT: flag(
    'OpenID Connect Session Management 1.0: `check_session_iframe`, `session_state` and a cookie that scripts can read. Of little use where browsers block cookies of other sites; prefer back-channel logout.',
  ),
}

export const toProtocol = (env: Read<typeof protocolVariables>) => ({
  profile: env.AUTHLY_CLIENT_PROFILE,
  accessTokenTtlSeconds: env.AUTHLY_ACCESS_TOKEN_TTL_SECONDS,
  idTokenTtlSeconds: env.AUTHLY_ID_TOKEN_TTL_SECONDS,
  requirePushedAuthorizationRequests: env.AUTHLY_REQUIRE_PUSHED_AUTHORIZATION_REQUESTS,
  authorizationCodeTtlSeconds: env.AUTHLY_AUTHORIZATION_CODE_TTL_SECONDS,
  refreshTokenIdleTtlSeconds: env.AUTHLY_REFRESH_TOKEN_IDLE_TTL_SECONDS,
  refreshTokenAbsoluteTtlSeconds: env.AUTHLY_REFRESH_TOKEN_ABSOLUTE_TTL_SECONDS,
  refreshReplayGraceSeconds: env.AUTHLY_REFRESH_REPLAY_GRACE_SECONDS,
  sessionIdleTtlSeconds: env.AUTHLY_SESSION_IDLE_TTL_SECONDS,
  sessionAbsoluteTtlSeconds: env.AUTHLY_SESSION_ABSOLUTE_TTL_SECONDS,
  interactionTtlSeconds: env.AUTHLY_INTERACTION_TTL_SECONDS,
  keyRotationSeconds: env.AUTHLY_KEY_ROTATION_SECONDS,
  keyPrepublishSeconds: env.AUTHLY_KEY_PREPUBLISH_SECONDS,
  keyRetentionSeconds: env.AUTHLY_KEY_RETENTION_SECONDS,
  dpopNonce: env.AUTHLY_DPOP_NONCE,
  sessionManagement: env.AUTHLY_SESSION_MANAGEMENT,
})
