/**
 * Merkle trees as in Certificate Transparency (RFC 6962 §2.1): leaves and inner nodes are hashed with different
 * prefixes, so that an inner node can never pass for an event. Hashes are base64url strings.
 */
import { base64url } from 'jose'
import { encodeBase64Url } from '../../kit/base64url.ts'
import { sha256Bytes, utf8 } from './digest.ts'

const leafPrefix = new Uint8Array([0])
const nodePrefix = new Uint8Array([1])

/** The hash of a leaf, RFC 6962 §2.1. */
export const hashLeaf = async (text: string): Promise<string> =>
  encodeBase64Url(await sha256Bytes(leafPrefix, utf8(text)))

const hashNode = (left: Uint8Array, right: Uint8Array) => sha256Bytes(nodePrefix, left, right)

/**
 * All levels, leaves first. An odd node at the end of a level moves up unchanged: this yields the same tree as the
 * recursive definition of §2.1, whose left half is the largest power of two.
 */
async function levelsOf(leaves: readonly string[]): Promise<Uint8Array[][]> {
  const levels = [leaves.map((leaf): Uint8Array => base64url.decode(leaf))]
  for (let level = levels[0] as Uint8Array[]; level.length > 1; ) {
    const parents: Promise<Uint8Array>[] = []
    for (let index = 0; index < level.length; index += 2) {
      const left = level[index] as Uint8Array
      const right = level[index + 1]
      parents.push(right ? hashNode(left, right) : Promise.resolve(left))
    }
    level = await Promise.all(parents)
    levels.push(level)
  }
  return levels
}

/** The root over leaf hashes. @throws RangeError without leaves: there are no empty checkpoints */
export async function merkleRoot(leaves: readonly string[]): Promise<string> {
  if (leaves.length === 0) throw new RangeError('a tree needs a leaf')
  return encodeBase64Url((await levelsOf(leaves)).at(-1)?.[0] as Uint8Array)
}

/** The audit path of the leaf at `index` (RFC 6962 §2.1.1): siblings from the leaf up. */
export async function inclusionProof(leaves: readonly string[], index: number): Promise<readonly string[]> {
  if (!Number.isInteger(index) || index < 0 || index >= leaves.length) throw new RangeError('no such leaf')
  const path: string[] = []
  let at = index
  for (const level of await levelsOf(leaves)) {
    const sibling = level[at ^ 1]
    if (sibling && level.length > 1) path.push(encodeBase64Url(sibling))
    at >>= 1
  }
  return path
}

/** Whether `leaf` is the leaf at `index` of the tree of `size` leaves under `root` (RFC 9162 §2.1.3.2). */
export async function verifyInclusion(proof: {
  readonly leaf: string
  readonly index: number
  readonly size: number
  readonly path: readonly string[]
  readonly root: string
}): Promise<boolean> {
  const { index, size } = proof
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return false
  let at = index
  let last = size - 1
  let node: Uint8Array = base64url.decode(proof.leaf)
  for (const encoded of proof.path) {
    if (last === 0) return false
    const sibling = base64url.decode(encoded)
    if (at % 2 === 1 || at === last) {
      node = await hashNode(sibling, node)
      while (at % 2 === 0 && at !== 0) {
        at = Math.floor(at / 2)
        last = Math.floor(last / 2)
      }
    } else {
      node = await hashNode(node, sibling)
    }
    at = Math.floor(at / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 && encodeBase64Url(node) === proof.root
}
