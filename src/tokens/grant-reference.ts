/**
 * How an access token names its grant. An API that keeps a list of revoked grants compares it; it says nothing else,
 * and each API sees another one, so that two of them cannot find out that they serve the same sign-in.
 */
import type { RootSecret } from '../kit/root-secret.ts'

/** The reference of a grant for one audience. Stays the same when the root secret is rotated. */
export const grantReference = (root: RootSecret, audience: string, grantId: string): Promise<string> =>
  root.lastingMac('grant-reference', `${audience}|${grantId}`)
