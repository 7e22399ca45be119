/** The result of verifying an export: what was found, and whether anything the verifier trusts vouches for it. */

import type { z } from 'zod'
import type { Checkpoint } from './checkpoint.ts'
import type { exportHeader } from './export-format.ts'
import type { Blank, SegmentProblem } from './segment.ts'

export type ExportProblem =
  | SegmentProblem
  | ({ readonly code: 'event_blanked' } & Omit<Blank, 'by'>)
  | { readonly code: 'malformed_line' | 'statement_invalid' | 'issuer_differs'; readonly line: number }
  | { readonly code: 'checkpoint_invalid' | 'manifest_invalid'; readonly line: number }
  | { readonly code: 'checkpoint_missing' | 'chain_broken'; readonly sequence: number }
  /** `expected` comes from the signed manifest: a lower count means that lines were cut off. */
  | { readonly code: 'lines_differ' | 'events_differ'; readonly expected: number; readonly found: number }
  | { readonly code: 'header_missing' | 'manifest_missing' | 'file_altered' }

export interface ExportFindings {
  readonly header: z.output<typeof exportHeader> | undefined
  readonly chain: readonly Checkpoint[]
  /** Checkpoints of which every event must be included. */
  readonly covered: readonly number[]
  readonly problems: readonly ExportProblem[]
  readonly seen: {
    readonly events: number
    readonly sealed: number
    readonly unsealed: number
    readonly removed: number
    readonly problems: number
  }
  readonly manifestKid: string | undefined
  /** Keys that signed statements and the manifest. */
  readonly statementKeys: ReadonlySet<string>
  readonly blanks: number
}

export interface ExportReport {
  /**
   * `intact`: complete and unaltered, within `coverage`. `untrusted`: consistent, but no trusted key or anchor
   * vouches for it. `altered`: see `problems`.
   */
  readonly verdict: 'intact' | 'untrusted' | 'altered'
  readonly issuer: string | undefined
  /** `whole`: nothing is missing. `selection`: each event is genuine; the manifest states the filters. */
  readonly coverage: 'whole' | 'selection' | undefined
  readonly filters: Readonly<Record<string, unknown>>
  readonly exported_at: string | undefined
  readonly events: {
    readonly total: number
    readonly sealed: number
    /** Newer than the last checkpoint: only the manifest vouches for them. */
    readonly not_sealed_yet: number
    /** Explained by signed statements of retention. */
    readonly removed: number
    /** Parts of events (origin, details) explained by signed statements of erasure. */
    readonly erased_parts: number
  }
  readonly checkpoints: {
    readonly count: number
    readonly first_sequence: number | undefined
    readonly last_sequence: number | undefined
    /** To be noted down as an anchor for later exports. */
    readonly last_hash: string | undefined
  }
  /** Sequence numbers of checkpoints, and keys of statements or the manifest, that nothing trusted vouches for. */
  readonly untrusted: { readonly checkpoints: readonly number[]; readonly keys: readonly string[] }
  /** The first thousand. */
  readonly problems: readonly ExportProblem[]
  readonly problem_count: number
}

export interface Trust {
  readonly keyIds: ReadonlySet<string>
  readonly anchors: ReadonlySet<string>
  readonly issuer: string | undefined
}

export function reportOf(findings: ExportFindings, trust: Trust): ExportReport {
  const { header, chain, seen } = findings
  const problems = [...findings.problems]
  if (trust.issuer !== undefined && header?.issuer !== trust.issuer) {
    problems.unshift({ code: 'issuer_differs', line: 1 })
  }
  const untrusted = findUntrusted(findings, trust)
  const doubtful = untrusted.checkpoints.length > 0 || untrusted.keys.length > 0
  const last = chain.at(-1)
  return {
    verdict: problems.length > 0 ? 'altered' : doubtful ? 'untrusted' : 'intact',
    issuer: header?.issuer,
    coverage: header?.coverage,
    filters: header?.filters ?? {},
    exported_at: header?.exported_at,
    events: {
      total: seen.events,
      sealed: seen.sealed,
      not_sealed_yet: seen.unsealed,
      removed: seen.removed,
      erased_parts: findings.blanks,
    },
    checkpoints: {
      count: chain.length,
      first_sequence: chain[0]?.claims.sequence,
      last_sequence: last?.claims.sequence,
      last_hash: last?.hash,
    },
    untrusted,
    problems,
    problem_count: seen.problems + (problems.length - findings.problems.length),
  }
}

/** Trust extends from a trusted checkpoint back to all before it, and to the keys that signed those. */
function findUntrusted(findings: ExportFindings, trust: Trust): ExportReport['untrusted'] {
  const keys = new Set(trust.keyIds)
  const checkpoints: number[] = []
  let vouched = false
  for (const checkpoint of findings.chain.toReversed()) {
    vouched ||= trust.keyIds.has(checkpoint.kid) || trust.anchors.has(checkpoint.hash)
    if (vouched) keys.add(checkpoint.kid)
    else checkpoints.unshift(checkpoint.claims.sequence)
    // A checkpoint that did not recognise the previous one does not vouch for it.
    vouched &&= checkpoint.claims.previous_verified
  }
  const signers = [...findings.statementKeys]
  if (findings.manifestKid !== undefined) signers.push(findings.manifestKid)
  return { checkpoints, keys: [...new Set(signers)].filter((kid) => !keys.has(kid)) }
}
