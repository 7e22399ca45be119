/**
 * The authorization code is a sealed, expiring record of what was granted. Nothing is stored when it is issued;
 * the user's object records its use, once.
 */
import type { RootSecret } from '../kit/root-secret.ts'
import type { Grant } from '../sessions/grant.ts'
import type { SessionLimit } from '../sessions/limit-sessions.ts'

export interface AuthorizationCode {
  readonly grant: Grant
  readonly redirect_uri: string
  /** S256 challenge (RFC 7636 §4.2); absent only for clients exempt from PKCE. */
  readonly code_challenge: string | undefined
  /** Thumbprint of the only key that may redeem it (RFC 9449 §10). */
  readonly dpop_jkt?: string | undefined
  /** How many sessions of the person may be signed in to the client. */
  readonly client_limit?: SessionLimit | undefined
  /** Milliseconds since the Unix epoch. */
  readonly expires_at: number
}

const prefix = 'authly_ac_'
/** Maximum sealed length, for what the longest accepted request can contain (`maxInteractionParametersLength`). */
const maxCodeLength = 13_000

/** Seals the code for the authorization response. */
export const sealCode = async (root: RootSecret, code: AuthorizationCode): Promise<string> =>
  prefix + (await root.seal('authorization-code', JSON.stringify(code)))

/** Opens a code; undefined for anything this deployment did not issue. Does no I/O; the caller checks expiry. */
export async function openCode(root: RootSecret, code: string): Promise<AuthorizationCode | undefined> {
  if (!code.startsWith(prefix) || code.length > maxCodeLength) return undefined
  const opened = await root.open('authorization-code', code.slice(prefix.length))
  return opened === undefined ? undefined : (JSON.parse(opened) as AuthorizationCode)
}
