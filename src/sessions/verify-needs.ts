/** What rules of the object use before they decide. What is not always needed is loaded on demand. */
import { configOf } from '../config.ts'
import { createRootSecret, type RootSecret } from '../kit/root-secret.ts'
import type { CopiedAccount, PasskeyUsage } from '../passkeys/account-copy.ts'
import type { VerifyNeeds } from './define-rule.ts'
import { identifierMac } from './identifier-mac.ts'

/** One per isolate: its keys are derived once for all objects. */
const roots = new WeakMap<object, RootSecret>()

function rootOf(env: object): RootSecret {
  let root = roots.get(env)
  if (!root) {
    const { rootSecret, previousRootSecrets } = configOf(env)
    root = createRootSecret(rootSecret, previousRootSecrets)
    roots.set(env, root)
  }
  return root
}

export const verifyNeedsOf = (env: object): VerifyNeeds => ({
  root: rootOf(env),
  readAccount: (userId) => exchangeAccount(env, userId, []),
})

/** Tells Postgres about uses of passkeys and reads the account: one round trip. */
export async function exchangeAccount(
  env: object,
  userId: string,
  uses: readonly PasskeyUsage[],
): Promise<CopiedAccount | undefined> {
  const { createExchangeAccount } = await import('../passkeys/account-copy.store.ts')
  const account = await createExchangeAccount(configOf(env))(userId, uses)
  if (!account) return undefined
  const { identifiers, ...copied } = account
  const identifier_macs = await Promise.all(identifiers.map((form) => identifierMac(rootOf(env), form)))
  return { ...copied, identifier_macs }
}
