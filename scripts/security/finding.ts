/** What scanners find, and the one list that explains what may stay: `security/explained.json`. */

export type Finding = {
  /** `<scanner>/<rule>`, e.g. `semgrep/sql-from-text`. */
  rule: string
  /** A file, a package or the path of a page. */
  place: string
  /** What was found there: a line of source, the fingerprint of a secret, a parameter. */
  match: string
  message: string
  line?: number
}

/** Covers the findings of `rule` at these places with these matches, and nothing that is added later. */
export type Explanation = {
  rule: string
  place: string | readonly string[]
  match: string | readonly string[]
  /** Why it is no fault, or why it is accepted. */
  reason: string
  /** The day somebody last looked: YYYY-MM-DD. */
  reviewed: string
}

/** What a scanner did. */
export type Scan = {
  /** Every rule that was applied; each counts as one test. */
  rules: readonly string[]
  findings: readonly Finding[]
}

const all = (value: string | readonly string[]): readonly string[] => [value].flat()

/** Faults of the list itself: an explanation that says nothing, or nobody dated. */
export function checkExplanations(explanations: readonly Explanation[]): readonly string[] {
  const today = new Date().toISOString().slice(0, 10)
  return explanations.flatMap(({ rule, place, match, reason, reviewed }) => {
    const where = `explained.json: ${rule} at ${all(place).join(', ')}`
    return [
      ...(all(place).length === 0 || all(match).length === 0 ? [`${where}: names no place or match`] : []),
      ...(reason.trim().length < 20 ? [`${where}: the reason explains nothing`] : []),
      ...(/^\d{4}-\d\d-\d\d$/.test(reviewed) && reviewed <= today ? [] : [`${where}: reviewed is not a day`]),
    ]
  })
}

/**
 * Compares findings with the list.
 * @param scanner that ran: an explanation of what another one finds is not stale
 * @returns findings nobody explained, and parts of explanations that match nothing any more
 */
export function compareWithList(
  findings: readonly Finding[],
  explanations: readonly Explanation[],
  scanner: string,
): { unexplained: readonly Finding[]; stale: readonly string[] } {
  const unexplained = findings.filter(
    (finding) =>
      !explanations.some(
        ({ rule, place, match }) =>
          rule === finding.rule && all(place).includes(finding.place) && all(match).includes(finding.match),
      ),
  )
  const stale = explanations

    .filter(({ rule }) => rule.startsWith(`${scanner}/`))
    .flatMap(({ rule, place, match }) => {
      const found = findings.filter((finding) => finding.rule === rule)
      return [
        ...all(place)
          .filter(
            (one) => !found.some((finding) => finding.place === one && all(match).includes(finding.match)),
          )
          .map((one) => `${rule}: nothing is found at ${one} any more`),
        ...all(match)
          .filter(
            (one) => !found.some((finding) => finding.match === one && all(place).includes(finding.place)),
          )
          .map((one) => `${rule}: nothing matches any more: ${one}`),
      ]
    })
  return { unexplained, stale }
}
