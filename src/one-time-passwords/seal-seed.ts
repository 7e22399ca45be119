/** Seeds at rest: sealed for the row of their generator, so that a copied one opens nowhere else. */
import type { RootSecret } from '../kit/root-secret.ts'
import { decodeBase32, encodeBase32 } from './base32.ts'
import type { SealedGenerator } from './generator.ts'

const purpose = 'one-time password seed'

/** @param id of the generator's row */
export const sealSeed = (root: Pick<RootSecret, 'seal'>, id: string, seed: Uint8Array): Promise<string> =>
  root.seal(purpose, encodeBase32(seed), id)

/** The seed of a stored generator; undefined when it was not sealed here for this row. */
export async function openSeed(
  root: Pick<RootSecret, 'open'>,
  { id, sealed_secret }: Pick<SealedGenerator, 'id' | 'sealed_secret'>,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const text = await root.open(purpose, sealed_secret, id)
  return text === undefined ? undefined : decodeBase32(text)
}
