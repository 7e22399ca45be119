/** First credentials that an administrator hands over: stored as hashes, their secrets shown once. */
import type { RootSecret } from '../kit/root-secret.ts'
import { generatePassword } from '../passwords/generate-password.ts'
import type { PasswordHasher } from '../passwords/password-hasher.ts'
import { issueSetupLink } from './password-setup.ts'
import type { StoredCredentials } from './written-row.ts'

interface FirstCredential<Shown> {
  readonly stored: StoredCredentials
  readonly shown: Shown
}

/** Must be changed at the first sign-in, because others have seen it. */
export async function issueTemporaryPassword(
  hasher: Pick<PasswordHasher, 'hash'>,
): Promise<FirstCredential<{ readonly temporary_password: string }>> {
  const temporary_password = generatePassword()
  const hash = await hasher.hash(temporary_password)
  return { stored: { hash, must_change: true }, shown: { temporary_password } }
}

/** @param expiresAt milliseconds since the Unix epoch */
export async function issueInvitation(
  { root, issuer }: { readonly root: RootSecret; readonly issuer: string },
  userId: string,
  expiresAt: number,
): Promise<FirstCredential<{ readonly invitation_url: string; readonly invitation_expires_at: string }>> {
  const { url, secretHash } = await issueSetupLink(root, issuer, userId)
  return {
    stored: { link_hash: secretHash, link_expires_at: expiresAt },
    shown: { invitation_url: url, invitation_expires_at: new Date(expiresAt).toISOString() },
  }
}
