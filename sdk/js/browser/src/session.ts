import type { DpopKey, IdTokenClaims, TokenResponse } from '@authly-server/core'

/** What one sign-in has brought. */
export interface Session {
  /** Of this sign-in, chosen at random. */
  readonly id: string
  readonly claims: IdTokenClaims
  readonly idToken: string
  readonly refreshToken: string | undefined
  /** What was granted. */
  readonly scope: string
  /** The APIs that tokens may be for; the first is the default. */
  readonly resources: readonly string[]
  /** By resource; the empty text stands for the server itself. */
  readonly tokens: Readonly<Record<string, AccessToken>>
  /** How far the server's clock is ahead. */
  readonly clockOffsetSeconds: number
  readonly dpopKey: DpopKey | undefined
}

export interface AccessToken {
  readonly value: string
  readonly type: 'Bearer' | 'DPoP'
  /** Milliseconds, by this machine's clock. */
  readonly expiresAt: number
  /** Milliseconds. */
  readonly lifetime: number
}

export const defaultResource = ({ resources }: Pick<Session, 'resources'>): string => resources[0] ?? ''

/** @param askedAt when it was asked for, milliseconds: it expires no later than that makes it */
export function accessTokenOf(response: TokenResponse, askedAt: number): AccessToken {
  const lifetime = response.expires_in * 1000
  return { value: response.access_token, type: response.token_type, expiresAt: askedAt + lifetime, lifetime }
}

/** How long before its end a token is replaced: a fifth of its life, a minute at most. */
export const leadOf = ({ lifetime }: AccessToken): number => Math.min(lifetime / 5, 60_000)

/** Long enough for a request to arrive with it. */
export const isUsable = ({ expiresAt, lifetime }: AccessToken): boolean =>
  expiresAt - Date.now() > Math.min(lifetime / 10, 10_000)

export const isFresh = (token: AccessToken): boolean => token.expiresAt - Date.now() > leadOf(token)
