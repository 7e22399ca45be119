/** `docs/heavy-suites.md`: when each heavy suite last passed, and on what. */
import type { HeavySuite } from './heavy-suites-list.ts'

export interface Recorded {
  /** ISO 8601. */
  readonly date: string
  readonly passed: number
  /** Of everything that the suite covers. */
  readonly digest: string
}

const row = /^\| (\S+) \| .* \| (\d{4}-\d\d-\d\d) \| (\d+) \| `([\da-f]+)` \|$/gm

/** @returns what is recorded, by the name of the suite */
export const parseRecord = (text: string): [string, Recorded][] =>
  [...text.matchAll(row)].map(([, name = '', date = '', passed, digest = '']) => [
    name,
    { date, passed: Number(passed), digest },
  ])

/** @param recorded by the name of the suite; suites of earlier times are left out */
export function describeRecord(
  suites: readonly Pick<HeavySuite, 'name' | 'what'>[],
  recorded: ReadonlyMap<string, Recorded>,
): string {
  const rows = suites.map(({ name, what }) => {
    const last = recorded.get(name)
    return last === undefined
      ? `| ${name} | ${what} | never | | |`
      : `| ${name} | ${what} | ${last.date} | ${last.passed} | \`${last.digest}\` |`
  })
  return `# Heavy suites

Written by \`npm run test:heavy\`; do not edit. These suites build or drive other people's programs and take minutes each.
CI runs one again when what it covers has changed since it last passed.

| Suite | What it shows | Last passed | Tests | Digest of what it covers |
| --- | --- | --- | --- | --- |
${rows.join('\n')}
`
}
