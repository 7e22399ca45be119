/** `authly audit verify`: proves an export complete and unaltered, offline (src/audit/evidence). */
import { createReadStream } from 'node:fs'
import type { JWK } from 'jose'
import { parseIssuer } from '../auth/oauth-client.ts'
import { trim } from '../auth/session.ts'
import { type CommandContext, defineCommand } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { Failure, usage } from '../failure.ts'
import { safeJson } from '../output/safe-text.ts'
import { readJson } from '../read-value.ts'

type Report = Awaited<ReturnType<typeof import('../../src/evidence/format/verify-export.ts').verifyExport>>

const meanings: Readonly<Record<Report['verdict'], string>> = {
  intact: 'Complete and unaltered.',
  untrusted: 'It agrees with itself, but no key or anchor you trust vouches for it.',
  altered: 'ALTERED OR INCOMPLETE.',
}

export const auditVerify = defineCommand({
  words: ['audit', 'verify'],
  summary: 'Prove an export of the audit trail complete and unaltered',
  description:
    'Works offline with --jwks or --anchor. Without them the keys are fetched from --issuer (or the profile): then you trust what that server says its keys are.\nWrite down the last hash of each report: as --anchor it vouches for everything before it, whatever becomes of the server.',
  positionals: [{ name: 'file', summary: 'The export (NDJSON); `-` is stdin' }],
  options: [
    { name: 'jwks', value: 'file', summary: 'Public keys to trust: a JWK Set' },
    { name: 'anchor', value: 'hash', list: ',', summary: 'Hash of a checkpoint noted earlier' },
    { name: 'offline', summary: 'Fetch nothing' },
  ],
  examples: [
    'authly audit verify trail.ndjson --jwks keys.json',
    'authly audit verify trail.ndjson --offline --anchor 4Jx…',
  ],
  async run(context) {
    const { options, output, positionals } = context
    const [{ verifyExport }, { linesOfExport }] = await Promise.all([
      import('../../src/evidence/format/verify-export.ts'),
      import('../../src/evidence/format/export-lines.ts'),
    ])
    const anchors = (options['anchor'] ?? []) as readonly string[]
    const { jwks, issuer } = await trustOf(context, anchors)
    const file = positionals['file'] as string
    const report = await verifyExport(linesOfExport(bytesOf(file, context)), { jwks, anchors, issuer }).catch(
      (error: unknown) => {
        const { code } = error as NodeJS.ErrnoException
        throw code ? usage(`${file} cannot be read (${code}).`) : error
      },
    )
    if (output.format === 'table') print(context, report)
    else output.thing(report)
    if (report.verdict === 'intact') return exitCodes.ok.code
    return report.verdict === 'altered' ? exitCodes.refused.code : exitCodes.untrusted.code
  },
})

/** Keys given, or those of the server; and the issuer the export must be of. */
async function trustOf(
  context: CommandContext,
  anchors: readonly string[],
): Promise<{ jwks: { keys: readonly JWK[] } | undefined; issuer: string | undefined }> {
  const { global, options, profiles, terminal } = context
  const file = options['jwks'] as string | undefined
  const named = global.issuer ?? terminal.env['AUTHLY_ISSUER']
  const issuer = named === undefined ? undefined : trim(parseIssuer(named).href)
  if (file !== undefined) {
    const jwks = (await readJson(context, 'jwks', `@${file}`)) as { keys?: readonly JWK[] }
    if (!Array.isArray(jwks.keys)) throw usage(`${file} is not a JWK Set.`)
    return { jwks: { keys: jwks.keys }, issuer }
  }
  if (anchors.length > 0 || options['offline'] === true) return { jwks: undefined, issuer }
  const { current, profiles: known } = await profiles.list()
  const server = issuer ?? known[global.profile ?? current ?? '']?.issuer
  if (server === undefined)
    throw usage('Whose keys shall count?', 'Give --jwks, --anchor, --issuer or --offline.')
  const response = await fetch(`${server}/.well-known/jwks.json`, {
    signal: AbortSignal.timeout(30_000),
  }).catch((error: Error) => {
    throw new Failure('unavailable', `${server} cannot be reached: ${error.message}.`, {
      hint: 'Offline: --jwks or --anchor',
    })
  })
  if (!response.ok) throw new Failure('unavailable', `${server} answers ${response.status} for its keys.`)
  return { jwks: (await response.json()) as { keys: readonly JWK[] }, issuer: server }
}

const bytesOf = (file: string, { terminal }: CommandContext) =>
  (file === '-' ? terminal.stdin : createReadStream(file)) as AsyncIterable<Uint8Array>

function print({ output }: CommandContext, report: Report): void {
  const { verdict, issuer, coverage, exported_at, events, checkpoints, problems, problem_count, untrusted } =
    report
  output.text(output.paint(verdict === 'intact' ? 'green' : 'red', meanings[verdict]))
  output.thing({
    ...{ verdict, issuer, coverage, exported_at },
    events: `${events.total} (${events.sealed} sealed, ${events.not_sealed_yet} not sealed yet, ${events.removed} removed by retention, ${events.erased_parts} parts erased)`,
    checkpoints: `${checkpoints.count}${checkpoints.count > 0 ? ` (${checkpoints.first_sequence} to ${checkpoints.last_sequence})` : ''}`,
    last_hash: checkpoints.last_hash ?? '',
  })
  if (untrusted.keys.length > 0) output.note(`Keys nobody vouches for: ${untrusted.keys.join(', ')}`)
  for (const problem of problems.slice(0, 20)) output.text(`- ${safeJson(problem)}`)
  if (!exported_at) output.note('Is it an export of the trail, as NDJSON? Only these can be verified.')
  if (problem_count > 20) output.text(`… ${problem_count - 20} more (--output json shows up to 1000)`)
}
