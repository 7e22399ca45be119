/** People: their accounts, consents and factors, and how they get an account back. All of it is in Postgres. */
import type { PasskeyStore } from '../passkeys/passkey.ts'
import { type Makers, pageTimeoutMilliseconds } from './wired-request.ts'

export const people = {
  findUser: (request) => (userId) => request.ask((stores, database) => stores.findUser(database, userId)),

  findUserForLogin: (request) => (typed) =>
    request.ask((stores, database) => stores.findUserForLogin(database, typed)),

  findUserForStepUp: (request) => (userId) =>
    request.ask((stores, database) => stores.findUserForStepUp(database, userId)),

  verifyEmail: (request) => (proven) =>
    request.ask((stores, database) => stores.createVerifyEmail(database)(proven)),

  registerAccount: (request) => (account) =>
    request.ask((stores, database) => stores.createRegisterAccount(database)(account)),

  openOwnAccount: (request) => () =>
    request.ask((stores, database) => stores.createOwnAccountStore(stores.createRunBatch(database))),

  openPersonalData: (request) => () =>
    request.ask((stores, database) =>
      stores.createPersonalDataStore(
        stores.createRunBatch(database),
        stores.createBoundedBatch(request.config, pageTimeoutMilliseconds),
      ),
    ),

  findConsent: (request) => (userId, clientId) =>
    request.ask((stores, database) => stores.findConsent(database, userId, clientId)),

  saveConsent: (request) => (userId, clientId, consent) =>
    request.ask((stores, database) => stores.saveConsent(database, userId, clientId, consent)),

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

  openOtpStore: (request) => () => request.ask((stores, database) => stores.createOtpStore(database)),

  openRecoveryStore: (request) => () =>
    request.ask((stores, database) => stores.createRecoveryStore(database)),

  openEmailChangeStore: (request) => () =>
    request.ask((stores, database) => stores.createEmailChangeStore(database)),
} satisfies Partial<Makers>
