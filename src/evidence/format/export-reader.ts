/** Reads an export record by record and collects findings; trust is decided at the end. */
import { canonicalJson } from './canonical-json.ts'
import { type Checkpoint, type CheckpointClaims, firstPreviousHash, openCheckpoint } from './checkpoint.ts'
import { type EvidenceEvent, erasableBy, erasedParts, leafOf } from './evidence-event.ts'
import {
  type ExportRecord,
  emptyLinesHash,
  exportRecord,
  extendLinesHash,
  manifestClaims,
} from './export-format.ts'
import type { ExportFindings, ExportProblem } from './export-report.ts'
import { verifyInclusion } from './merkle-tree.ts'
import { type Blank, checkSegment } from './segment.ts'
import { openRecord, type SignedRecord } from './signed-record.ts'
import { openErasure, openRemoval } from './statements.ts'

type RecordOf<Name extends ExportRecord['record']> = Extract<ExportRecord, { record: Name }>

interface OpenSegment {
  readonly checkpoint: Checkpoint
  readonly leaves: readonly string[] | undefined
  readonly events: EvidenceEvent[]
  readonly removed: (readonly [number, number])[]
}

/** No sealer makes larger checkpoints; without a limit, a forged file could exhaust memory. */
const maxSegmentEvents = 20_000
const maxProblems = 1000

export function createExportReader() {
  const problems: ExportProblem[] = []
  const chain: Checkpoint[] = []
  const bySequence = new Map<number, CheckpointClaims>()
  const statementKeys = new Set<string>()
  const covered: number[] = []
  const erased = new Set<string>()
  const blanks: Blank[] = []
  const seen = { events: 0, sealed: 0, unsealed: 0, removed: 0, problems: 0 }
  let header: RecordOf<'header'> | undefined
  let manifestKid: string | undefined
  let open: OpenSegment | undefined
  let lines = 0
  let linesHash = emptyLinesHash
  let lastPosition = 0

  const report = (problem: ExportProblem): void => {
    seen.problems++
    if (problems.length < maxProblems) problems.push(problem)
  }

  async function closeSegment(): Promise<void> {
    const segment = open
    open = undefined
    if (!segment?.leaves) return
    const check = await checkSegment({
      claims: segment.checkpoint.claims,
      leaves: segment.leaves,
      events: segment.events,
      removed: segment.removed,
    })
    check.problems.forEach(report)
    blanks.push(...check.blanks)
    seen.removed += check.removed
    seen.sealed += segment.events.length
  }

  async function takeCheckpoint(record: RecordOf<'checkpoint'>): Promise<void> {
    await closeSegment()
    const checkpoint = await openCheckpoint(record)
    if (!checkpoint) {
      report({ code: 'checkpoint_invalid', line: lines })
      return
    }
    const { claims } = checkpoint
    const before = chain.at(-1)
    if (before) {
      const expected = before.claims.sequence + 1
      if (claims.sequence !== expected) report({ code: 'checkpoint_missing', sequence: expected })
      else if (claims.previous_hash !== before.hash || claims.first_position <= before.claims.last_position) {
        report({ code: 'chain_broken', sequence: claims.sequence })
      }
    } else if ((claims.sequence === 1) !== (claims.previous_hash === firstPreviousHash)) {
      report({ code: 'chain_broken', sequence: claims.sequence })
    }
    if (claims.iss !== header?.issuer) report({ code: 'issuer_differs', line: lines })
    chain.push(checkpoint)
    bySequence.set(claims.sequence, claims)
    if (record.leaves) covered.push(claims.sequence)
    open = { checkpoint, leaves: record.leaves, events: [], removed: [] }
  }

  async function takeRemoval(record: SignedRecord): Promise<void> {
    const removal = await openRemoval(record)
    const claims = open?.checkpoint.claims
    if (
      removal?.claims.sequence !== claims?.sequence ||
      removal?.claims.merkle_root !== claims?.merkle_root ||
      removal === undefined ||
      removal.claims.iss !== header?.issuer
    ) {
      report({ code: 'statement_invalid', line: lines })
      return
    }
    statementKeys.add(removal.kid)
    open?.removed.push(...removal.claims.removed)
  }

  async function takeErasure(record: SignedRecord): Promise<void> {
    const erasure = await openErasure(record)
    if (!erasure || erasure.claims.iss !== header?.issuer) {
      report({ code: 'statement_invalid', line: lines })
      return
    }
    statementKeys.add(erasure.kid)
    erased.add(erasure.claims.user_id)
  }

  async function takeEvent({ event, proof }: RecordOf<'event'>): Promise<void> {
    seen.events++
    if (proof) return takeProvenEvent(event, proof)
    if (
      header?.coverage === 'whole' &&
      open?.leaves &&
      event.position <= open.checkpoint.claims.last_position
    ) {
      if (open.events.length < maxSegmentEvents) open.events.push(event)
      else report({ code: 'malformed_line', line: lines })
      return
    }
    takeUnsealedEvent(event)
  }

  /**
   * Events after the last checkpoint: only the manifest vouches for these, so at least their order must be right.
   */
  function takeUnsealedEvent(event: EvidenceEvent): void {
    seen.unsealed++
    const sealedUpTo = chain.at(-1)?.claims.last_position ?? 0
    const named = { sequence: 0, position: event.position, id: event.id }
    if (event.position <= sealedUpTo) report({ code: 'event_added', ...named })
    else if (event.position === lastPosition) report({ code: 'event_repeated', ...named })
    else if (event.position < lastPosition) report({ code: 'event_moved', ...named })
    lastPosition = Math.max(lastPosition, event.position)
    noteBlanks(event)
  }

  async function takeProvenEvent(event: EvidenceEvent, proof: NonNullable<RecordOf<'event'>['proof']>) {
    const claims = bySequence.get(proof.sequence)
    const named = { sequence: proof.sequence, position: event.position, id: event.id }
    const { hash } = await leafOf(event)
    const holds =
      claims !== undefined &&
      erasedParts(event) !== 'contradictory' &&
      (await verifyInclusion({
        leaf: hash,
        index: proof.index,
        size: claims.event_count,
        path: proof.path,
        root: claims.merkle_root,
      }))
    if (!holds) report({ code: 'event_changed', ...named })
    else if (event.position === lastPosition) report({ code: 'event_repeated', ...named })
    else if (event.position < lastPosition) report({ code: 'event_moved', ...named })
    lastPosition = Math.max(lastPosition, event.position)
    seen.sealed++
    noteBlanks(event)
  }

  function noteBlanks(event: EvidenceEvent): void {
    const parts = erasedParts(event)
    const named = { position: event.position, id: event.id }
    if (parts === 'contradictory') {
      report({ code: 'event_changed', sequence: 0, ...named })
      return
    }
    for (const part of ['origin', 'details'] as const) {
      if (parts?.[part]) blanks.push({ ...named, part, by: erasableBy(event, part) })
    }
  }

  async function takeManifest(record: SignedRecord, before: { lines: number; hash: string }): Promise<void> {
    await closeSegment()
    const opened = await openRecord('manifest', record)
    const claims = manifestClaims.safeParse(opened?.payload)
    if (!opened || !claims.success || claims.data.iss !== header?.issuer) {
      report({ code: 'manifest_invalid', line: lines })
      return
    }
    manifestKid = opened.kid
    if (claims.data.lines !== before.lines) {
      report({ code: 'lines_differ', expected: claims.data.lines, found: before.lines })
    } else if (claims.data.lines_hash !== before.hash) report({ code: 'file_altered' })
    if (claims.data.events !== seen.events) {
      report({ code: 'events_differ', expected: claims.data.events, found: seen.events })
    }
  }

  async function take(record: ExportRecord, before: { lines: number; hash: string }): Promise<void> {
    if (manifestKid !== undefined) {
      report({ code: 'malformed_line', line: lines })
      return
    }
    if ((record.record === 'header') !== (lines === 1)) {
      report({ code: 'malformed_line', line: lines })
      return
    }
    switch (record.record) {
      case 'header':
        header = record
        return
      case 'checkpoint':
        return takeCheckpoint(record)
      case 'removal':
        return takeRemoval(record)
      case 'erasure':
        return takeErasure(record)
      case 'event':
        return takeEvent(record)
      case 'manifest':
        return takeManifest(record, before)
    }
  }

  return {
    async read(line: string): Promise<void> {
      const before = { lines, hash: linesHash }
      lines++
      linesHash = await extendLinesHash(linesHash, line)
      const record = parseLine(line)
      if (record) await take(record, before)
      else report({ code: 'malformed_line', line: lines })
    },

    async finish(): Promise<ExportFindings> {
      await closeSegment()
      if (!header) report({ code: 'header_missing' })
      if (manifestKid === undefined) report({ code: 'manifest_missing' })
      for (const { by, ...blank } of blanks) {
        if (!by.some((id) => erased.has(id))) report({ code: 'event_blanked', ...blank })
      }
      return { header, chain, covered, problems, seen, manifestKid, statementKeys, blanks: blanks.length }
    },
  }
}

function parseLine(line: string): ExportRecord | undefined {
  try {
    const parsed = exportRecord.safeParse(JSON.parse(line))
    if (!parsed.success) return undefined
    // Attack: an unpaired surrogate or an infinite number: JSON that has no canonical form, so no hash.
    if (parsed.data.record === 'event') canonicalJson(parsed.data.event)
    return parsed.data
  } catch {
    return undefined
  }
}
