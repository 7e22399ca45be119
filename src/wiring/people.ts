/** People: their accounts, consents and factors, and how they get an account back. All of it is in Postgres. */
import type { PasskeyStore } from '../passkeys/passkey.ts'
import { asked, type Makers, pageTimeoutMilliseconds } from './wired-request.ts'

export const people = {
  findUser: asked((stores, database) => (userId) => stores.findUser(database, userId)),

  findUserForLogin: asked((stores, database) => (typed) => stores.findUserForLogin(database, typed)),

  findUserForStepUp: asked((stores, database) => (userId) => stores.findUserForStepUp(database, userId)),

  verifyEmail: asked((stores, database) => stores.createVerifyEmail(database)),

  registerAccount: asked((stores, database) => stores.createRegisterAccount(database)),

  openOwnAccount: asked(
    (stores, database) => () => stores.createOwnAccountStore(stores.createRunBatch(database)),
  ),

  openPersonalData: (request) => () =>
    request.ask((stores, database) =>
      stores.createPersonalDataStore(
        stores.createRunBatch(database),
        stores.createBoundedBatch(request.config, pageTimeoutMilliseconds),
      ),
    ),

  findHeldPermissions: asked(
    (stores, database) => (userId, scopes) => stores.findHeldPermissions(database, userId, scopes),
  ),

  findConsent: asked(
    (stores, database) => (userId, clientId) => stores.findConsent(database, userId, clientId),
  ),

  saveConsent: asked(
    (stores, database) => (userId, clientId, consent) =>
      stores.saveConsent(database, userId, clientId, consent),
  ),

  passkeyStore(request) {
    const ask = <T>(question: (store: PasskeyStore) => Promise<T>) =>
      request.ask((stores, database) => question(stores.createPasskeyStore(database)))
    return {
      list: (userId) => ask((store) => store.list(userId)),
      insert: (passkey, judged, event) => ask((store) => store.insert(passkey, judged, event)),
      rename: (userId, id, name, event) => ask((store) => store.rename(userId, id, name, event)),
      delete: (userId, id, event) => ask((store) => store.delete(userId, id, event)),
    }
  },

  openOtpStore: asked((stores, database) => () => stores.createOtpStore(database)),

  openRecoveryStore: asked((stores, database) => () => stores.createRecoveryStore(database)),

  openEmailChangeStore: asked((stores, database) => () => stores.createEmailChangeStore(database)),
} satisfies Partial<Makers>
