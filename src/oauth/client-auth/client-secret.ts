/** `client_secret_basic` and `client_secret_post` (RFC 6749 §2.3.1) differ only in where the secret is sent. */
import type { Client } from '../../clients/client.ts'
import { constantTimeEqual, sha256 } from '../../kit/hash.ts'
import type { ClientAuthenticator, ClientAuthNeeds } from './define-method.ts'

/** Accepts any of the client's live secrets, so that they can be rotated without interruption. */
async function verify(needs: ClientAuthNeeds, client: Client, proof: string): Promise<string | undefined> {
  const hash = await sha256(proof)
  const now = needs.now()
  let matched = false
  for (const secret of client.secrets) {
    const live = secret.expires_at === undefined || secret.expires_at > now
    matched = (constantTimeEqual(secret.secret_hash, hash) && live) || matched
  }
  return matched ? undefined : 'secret does not match'
}

export const clientSecretBasic: ClientAuthenticator = { method: 'client_secret_basic', verify }
export const clientSecretPost: ClientAuthenticator = { method: 'client_secret_post', verify }
