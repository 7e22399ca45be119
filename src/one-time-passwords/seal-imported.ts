/** What is stored of generators that come from another system. */
import { base64url } from 'jose'
import { uuidv8 } from '../kit/ids.ts'
import type { RootSecret } from '../kit/root-secret.ts'
import { decodeBase32 } from './base32.ts'
import type { SealedGenerator } from './generator.ts'
import type { ImportedGenerator } from './imported-generator.ts'
import { sealSeed } from './seal-seed.ts'

export interface StoredGenerator extends SealedGenerator {
  readonly name: string
}

/**
 * Seals their seeds. Ids derive from seed and owner, so that a repeated upload adds nothing twice.
 * @param owner an identifier of the account, in its normal form
 */
export const sealImported = (
  root: Pick<RootSecret, 'seal' | 'lastingMac'>,
  owner: string,
  generators: readonly ImportedGenerator[],
): Promise<readonly StoredGenerator[]> =>
  Promise.all(
    generators.map(async ({ kind, secret, algorithm, digits, period_seconds, counter, name }) => {
      const seed = decodeBase32(secret) as Uint8Array<ArrayBuffer>
      const id = await idOf(root, owner, seed)
      return {
        ...{ id, kind, algorithm, digits, name: name ?? '' },
        sealed_secret: await sealSeed(root, id, seed),
        period_seconds: kind === 'totp' ? (period_seconds ?? 30) : null,
        counter: counter ?? null,
      }
    }),
  )

/** What nobody can compute without the root secret. */
const idOf = async (root: Pick<RootSecret, 'lastingMac'>, owner: string, seed: Uint8Array): Promise<string> =>
  uuidv8(base64url.decode(await root.lastingMac('imported one-time password', `${seed.join('.')} ${owner}`)))
