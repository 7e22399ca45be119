/**
 * Writes the lines of an evidence export (evidence/format/export-format.ts) in pieces. The state between pieces is
 * small and plain, so that a job can stop anywhere and resume.
 */

import { isErasureProof } from '../../audit/erasure-proof.ts'
import { jsonLine } from '../../kit/json-line.ts'
import type { RootSecret } from '../../kit/root-secret.ts'
import { type StoredErasure, type StoredLeaf, type StoredSegment, withDigests } from '../evidence-row.ts'
import type { EvidenceEvent } from '../format/evidence-event.ts'
import { emptyLinesHash, exportFormat, extendLinesHash } from '../format/export-format.ts'
import { inclusionProof } from '../format/merkle-tree.ts'
import type { SignedRecord } from '../format/signed-record.ts'
import type { SignRecord } from '../sign-record.ts'

export interface ExportState {
  readonly lines: number
  readonly events: number
  readonly hash: string
}

export const emptyExport: ExportState = { lines: 0, events: 0, hash: emptyLinesHash }

export interface ExportWriter {
  header(header: {
    readonly issuer: string
    readonly coverage: 'whole' | 'selection'
    readonly filters: Readonly<Record<string, unknown>>
    readonly exported_at: string
  }): Promise<void>
  /** A checkpoint of a complete export with its statements and events. */
  segment(segment: StoredSegment): Promise<void>
  /** A checkpoint that only links the chain. */
  checkpoint(checkpoint: SignedRecord): Promise<void>
  erasures(erasures: readonly StoredErasure[]): Promise<void>
  /** An event of a filtered export, proven by the checkpoint written before it. */
  provenEvent(event: EvidenceEvent, sequence: number, leaves: readonly StoredLeaf[]): Promise<void>
  /** An event that is not sealed yet. */
  event(event: EvidenceEvent): Promise<void>
  manifest(): Promise<void>
  /** What was written since the writer was created, and where to continue. */
  result(): { readonly text: string; readonly state: ExportState }
}

export function createExportWriter(
  needs: { readonly root: RootSecret; readonly sign: SignRecord },
  from: ExportState,
): ExportWriter {
  let { lines, events, hash } = from
  let text = ''

  async function write(record: object): Promise<void> {
    const line = jsonLine(record)
    hash = await extendLinesHash(hash, line)
    lines++
    text += `${line}\n`
  }

  const writeEvent = (event: EvidenceEvent, more: object = {}) => {
    events++
    return write({ record: 'event', event, ...more })
  }

  /** A recent erasure has no statement yet: it gets one here, if it is ours. */
  async function writeErasure({ user_id, jws, public_jwk, proof }: StoredErasure): Promise<void> {
    if (jws !== null && public_jwk !== null) return write({ record: 'erasure', jws, public_jwk })
    if (!(await isErasureProof(needs.root, user_id, proof))) return
    await write({ record: 'erasure', ...(await needs.sign('erasure', { user_id })) })
  }

  const writer: ExportWriter = {
    header: (header) => write({ record: 'header', format: exportFormat, ...header }),

    async segment(segment) {
      const { jws, public_jwk, leaves } = segment
      await write({ record: 'checkpoint', jws, public_jwk, leaves: leaves.map(([, leaf]) => leaf) })
      for (const removal of segment.removals) await write({ record: 'removal', ...removal })
      await writer.erasures(segment.erasures)
      for (const event of withDigests(segment.events, leaves)) await writeEvent(event)
    },

    checkpoint: ({ jws, public_jwk }) => write({ record: 'checkpoint', jws, public_jwk }),

    async erasures(erasures) {
      for (const erasure of erasures) await writeErasure(erasure)
    },

    async provenEvent(event, sequence, leaves) {
      const index = leaves.findIndex(([position]) => position === event.position)
      // Not in its checkpoint: without a proof the verifier will report it.
      if (index < 0) return writeEvent(event)
      const hashes = leaves.map(([, leaf]) => leaf)
      const path = await inclusionProof(hashes, index)
      const [whole = event] = withDigests([event], leaves)
      await writeEvent(whole, { proof: { sequence, index, path } })
    },

    event: (event) => writeEvent(event),

    async manifest() {
      await write({
        record: 'manifest',
        ...(await needs.sign('manifest', { lines, events, lines_hash: hash })),
      })
    },

    result: () => ({ text, state: { lines, events, hash } }),
  }
  return writer
}
