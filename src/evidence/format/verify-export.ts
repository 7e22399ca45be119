/**
 * Proves offline that an export is complete and unaltered; called by `authly audit verify <file>`. Runs in Node
 * and in workerd, reads line by line and keeps one checkpoint's events in memory.
 *
 *   const report = await verifyExport(lines, { jwks, anchors: ['<hash noted earlier>'], issuer: 'https://…' })
 *   report.verdict   'intact' | 'untrusted' | 'altered'
 *
 * Trust starts from `jwks` (public keys pinned by the verifier or fetched from the issuer) or from `anchors`
 * (hashes of checkpoints that were noted down); it extends back along the chain from there. `untrusted`: the file
 * is consistent, but nothing the verifier trusts vouches for it.
 */
import type { JWK } from 'jose'
import { createExportReader } from './export-reader.ts'
import { type ExportReport, reportOf } from './export-report.ts'
import { keyIdsOf } from './signed-record.ts'

export interface VerifyExportOptions {
  /** Keys to trust: a JWK Set of the issuer. */
  readonly jwks?: { readonly keys: readonly JWK[] } | undefined
  /** Hashes of checkpoints to trust, e.g. the last one of an export verified earlier. */
  readonly anchors?: readonly string[] | undefined
  /** When set, the export must be this issuer's. */
  readonly issuer?: string | undefined
  /** Called from time to time with the number of lines read. */
  readonly onProgress?: ((lines: number) => void) | undefined
}

export type { ExportReport } from './export-report.ts'

/** @param lines of the file, without line feeds */
export async function verifyExport(
  lines: AsyncIterable<string> | Iterable<string>,
  options: VerifyExportOptions = {},
): Promise<ExportReport> {
  const reader = createExportReader()
  let count = 0
  for await (const line of lines) {
    await reader.read(line)
    if (++count % 1000 === 0) options.onProgress?.(count)
  }
  return reportOf(await reader.finish(), {
    keyIds: await keyIdsOf(options.jwks ?? { keys: [] }),
    anchors: new Set(options.anchors),
    issuer: options.issuer,
  })
}
