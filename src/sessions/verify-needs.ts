/** What rules of the object use before they decide. */
import { configOf } from '../config.ts'
import { createRootSecret, type RootSecret } from '../kit/root-secret.ts'
import type { ExchangeAccount } from '../passkeys/account-copy.ts'
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

/** @param exchange asks Postgres, with a client of its own */
export const createVerifyNeeds = (env: object, exchange: ExchangeAccount): VerifyNeeds => ({
  get root() {
    return rootOf(env)
  },
  async exchangeAccount(userId, uses, eventsJson) {
    const account = await exchange(userId, uses, eventsJson)
    if (!account) return undefined
    const { identifiers, ...copied } = account
    const identifier_macs = await Promise.all(identifiers.map((form) => identifierMac(rootOf(env), form)))
    return { ...copied, identifier_macs }
  },
})
