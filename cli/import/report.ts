/** What a conversion did, for people. */
import type { ConversionReport, Count } from './convert-export.ts'
import type { Source } from './source.ts'

export function explainReport(source: Source, report: ConversionReport): string {
  const { records, accounts, disabled, with_password, mapped, lost, left_out } = report
  return [
    `${source.title}: ${records} records; ${accounts} accounts, ${with_password} of them with a password, ${disabled} disabled.`,
    ...section('Reaches the account:', mapped),
    ...section('Is lost:', lost),
    ...(left_out.length === 0 ? [] : ['', 'Left out:']),
    ...left_out.flatMap(({ reason, count, examples }) => [
      `  ${count}  ${reason}`,
      ...examples.map(({ at, id }) => `     record ${at}${id === undefined ? '' : `: ${id}`}`),
      ...(count > examples.length ? [`     … and ${count - examples.length} more`] : []),
    ]),
  ].join('\n')
}

function section(title: string, counts: readonly Count[]): string[] {
  if (counts.length === 0) return []
  const width = Math.max(...counts.map(({ count }) => String(count).length))
  return [
    '',
    title,
    ...counts.map(
      ({ member, count, detail }) =>
        `  ${String(count).padStart(width)}  ${member}: ${detail.replaceAll('`', '')}`,
    ),
  ]
}
