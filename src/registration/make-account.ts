/** Makes the account, with the password or the passkey of its owner. */
import type { Origin } from '../audit/event.ts'
import type { Client } from '../clients/client.ts'
import type { LanguageTag } from '../messages/languages.ts'
import type { StoredPasskey } from '../passkeys/register-passkey.ts'
import type { RegisterAccount } from '../users/register-account.ts'
import type { RegistrationProgress } from './registration-progress.ts'

/** An account that was made just now, and what it was made with. */
export interface Registered {
  readonly user_id: string
  readonly email: string
  readonly username: string | undefined
  readonly passkey: StoredPasskey | undefined
  /** Typed, with its hash. */
  readonly password: { readonly typed: string; readonly hash: string } | undefined
}

interface NewCredential {
  readonly password?: Registered['password']
  readonly passkey?: StoredPasskey | undefined
}

interface Circumstances {
  readonly language: LanguageTag
  readonly client: Pick<Client, 'client_id'> | undefined
  /** Milliseconds since the Unix epoch. */
  readonly now: number
  readonly origin: Origin
}

/** One statement. @returns undefined when another account has the address or the username */
export async function makeAccount(
  { registerAccount }: { readonly registerAccount: RegisterAccount },
  { user_id, email, details = {} }: RegistrationProgress,
  { password, passkey }: NewCredential,
  { language, client, now, origin }: Circumstances,
): Promise<Registered | undefined> {
  const { username, name, terms_version } = details
  const made = await registerAccount({
    ...{ user_id, email, username, terms_version, now, origin },
    profile: { locale: language, ...(name !== undefined && { name }) },
    ...{ password_hash: password?.hash, passkey, client_id: client?.client_id },
  })
  return made === 'registered' ? { user_id, email, username, passkey, password } : undefined
}
