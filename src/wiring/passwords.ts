/** Passwords: hashing them, their rules, storing and voiding them. */

import { lazily } from '../kit/lazily.ts'
import type { CheckedPassword } from '../passwords/check-for-breach.ts'
import type { PasswordHasher } from '../passwords/password-hasher.ts'
import { needsRehash } from '../passwords/phc-string.ts'
import type { Makers, WiredRequest } from './wired-request.ts'

const loadHasher = lazily(async () => (await import('../passwords/argon2.ts')).argon2Hasher)

const passwordHasher: PasswordHasher = {
  hash: async (password) => (await loadHasher()).hash(password),
  verify: async (password, phc) => (await loadHasher()).verify(password, phc),
  needsRehash,
}

export const passwords = {
  passwordHasher: () => passwordHasher,

  hashSlots: (request) => request.isolate.hashSlots,

  readPasswordRules: (request) => async () => {
    const { passwordRulesOf } = await import('../passwords/password-policy.ts')
    return passwordRulesOf(await request.readSettings(), request.config.issuer)
  },

  checkForBreach(request) {
    const url = request.config.breachedPasswordsUrl
    if (url === undefined) return () => undefined
    return (checked) => request.waitUntil(lookUp(request, url, checked))
  },

  findCurrentPassword: (request) => (userId) =>
    request.ask((stores, database) => stores.createPasswordStore(database).findCurrentPassword(userId)),

  storePassword: (request) => (change) =>
    request.ask((stores, database) => stores.createPasswordStore(database).storePassword(change)),

  renewPasswordHash: (request) => (renewal) =>
    request.ask((stores, database) => stores.createPasswordStore(database).renewPasswordHash(renewal)),

  voidPassword: (request) => (input) =>
    request.ask((stores, database) => stores.createVoidPassword(database)(input)),

  findPasswordSetup: (request) => (userId, secretHash) =>
    request.ask((stores, database) => stores.createFindPasswordSetup(database)(userId, secretHash)),

  completePasswordSetup: (request) => (setup) =>
    request.ask((stores, database) => stores.createCompletePasswordSetup(database)(setup)),
} satisfies Partial<Makers>

async function lookUp(request: WiredRequest, url: string, checked: CheckedPassword): Promise<void> {
  const [{ checkForBreach }, { createFindBreach }, marks] = await Promise.all([
    import('../passwords/check-for-breach.ts'),
    import('../passwords/find-breach.ts'),
    request.ask((stores, database) => stores.createBreachMarks(database)),
  ])
  const { now, config, readSettings } = request
  await checkForBreach({ now, readSettings, marks, findBreach: createFindBreach(url, config) }, checked)
}
