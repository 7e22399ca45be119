/** A keyring with keys of its own, for tests that need signatures and no database. */
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { type SigningAlg, signingAlgs } from '../../src/keys/algorithms.ts'
import type { Keyring, SigningKey, VerificationKey } from '../../src/keys/keyring.ts'

export interface FakeKeyring extends Keyring {
  /** Takes the key of an algorithm out of the ring, as the end of its retention does. */
  remove(alg: SigningAlg): void
}

/** One fresh key per algorithm; its kid is `<alg>-key`. */
export async function createFakeKeyring(): Promise<FakeKeyring> {
  const signing = new Map<SigningAlg, SigningKey>()
  const verification = new Map<string, VerificationKey>()
  const published = new Map<SigningAlg, JWK>()
  for (const alg of signingAlgs) {
    const pair = await generateKeyPair(alg, { extractable: true })
    const kid = `${alg}-key`
    signing.set(alg, { kid, alg, key: pair.privateKey })
    verification.set(kid, { kid, alg, key: pair.publicKey })
    published.set(alg, { ...(await exportJWK(pair.publicKey)), kid, alg, use: 'sig' })
  }
  return {
    async signingKey(alg) {
      const key = signing.get(alg)
      if (!key) throw new Error(`no ${alg} key`)
      return key
    },
    verificationKey: async (kid) => verification.get(kid),
    decryptionKey: async () => undefined,
    provide: async () => undefined,
    jwks: async () => ({ keys: [...published.values()] }),
    remove(alg) {
      signing.delete(alg)
      verification.delete(`${alg}-key`)
      published.delete(alg)
    },
  }
}
