/** Passwords: hashing them, their rules, storing and voiding them. */

import { lazily } from '../kit/lazily.ts'
import type { CheckedPassword } from '../passwords/check-for-breach.ts'
import type { PasswordHasher } from '../passwords/password-hasher.ts'
import { needsRehash } from '../passwords/phc-string.ts'
import { asked, type Makers, type WiredRequest } from './wired-request.ts'

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

  findCurrentPassword: asked((stores, database) => stores.createPasswordStore(database).findCurrentPassword),

  storePassword: asked((stores, database) => stores.createPasswordStore(database).storePassword),

  renewPasswordHash: asked((stores, database) => stores.createPasswordStore(database).renewPasswordHash),

  voidPassword: asked((stores, database) => stores.createVoidPassword(database)),

  findPasswordSetup: asked((stores, database) => stores.createFindPasswordSetup(database)),

  completePasswordSetup: asked((stores, database) => stores.createCompletePasswordSetup(database)),
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
