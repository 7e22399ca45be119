/** The server's own keys, and what is signed, verified and decrypted with them. */
import { createKeyring } from '../keys/create-keyring.ts'
import { createSignJwt } from '../keys/sign-jwt.ts'
import { createVerifyJwt } from '../keys/verify-jwt.ts'
import type { Makers } from './wired-request.ts'

export const keys = {
  keyring(request) {
    request.madeKeyring ??= createKeyring({
      cache: request.edgeCache,
      root: request.root,
      now: request.now,
      loadKeys: () => request.ask((stores, database) => stores.loadSigningKeys(database)),
      insertKey: (input) => request.ask((stores, database) => stores.insertSigningKey(database, input)),
    })
    return request.madeKeyring
  },

  signJwt: (request) => createSignJwt({ keyring: request.keyring }),

  verifyJwt: (request) =>
    createVerifyJwt({ keyring: request.keyring, issuer: request.config.issuer, now: request.now }),

  decryptJwe: (request) => async (jwe) => {
    const { createDecryptJwe } = await import('../keys/decrypt-jwe.ts')
    return createDecryptJwe({ keyring: request.keyring })(jwe)
  },
} satisfies Partial<Makers>
