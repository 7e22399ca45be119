/** Versions (semver 2.0.0) and the changelog of the SDK. */

const pattern = /^(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?$/

/** @param bump `major`, `minor`, `patch` or a version. @throws Error when that is not a later one */
export function nextVersion(current: string, bump: string): string {
  const [, major = 0, minor = 0, patch = 0] = (pattern.exec(current) ?? []).map(Number)
  const isPreview = pattern.exec(current)?.[4] !== undefined
  const bumped = {
    major: `${major + 1}.0.0`,
    minor: `${major}.${minor + 1}.0`,
    // 1.2.3 comes after 1.2.3-beta.1.
    patch: isPreview ? `${major}.${minor}.${patch}` : `${major}.${minor}.${patch + 1}`,
  }[bump]
  const next = bumped ?? bump
  if (!pattern.test(next)) throw new Error(`${bump} is neither major, minor, patch nor a version`)
  if (compare(next, current) <= 0) throw new Error(`${next} is not later than ${current}`)
  return next
}

/** Of the numbers, then previews before what they preview; among previews by text and number. */
function compare(one: string, other: string): number {
  const [a, b] = [one, other].map((version) => pattern.exec(version) ?? [])
  for (const index of [1, 2, 3]) {
    const difference = Number(a?.[index]) - Number(b?.[index])
    if (difference !== 0) return difference
  }
  const [left, right] = [a?.[4], b?.[4]]
  if (left === right) return 0
  if (left === undefined || right === undefined) return left === undefined ? 1 : -1
  return left.localeCompare(right, 'en', { numeric: true })
}

const unreleased = '## Unreleased'

/** The changelog with its unreleased changes under the version. @throws Error when there are none */
export function releaseChangelog(changelog: string, version: string, date: string): string {
  if (changesOf(changelog, unreleased) === '')
    throw new Error('the changelog has no unreleased changes: say what is new in sdk/js/CHANGELOG.md')
  return changelog.replace(unreleased, `${unreleased}\n\n## ${version} (${date})`)
}

/** What the changelog says of a version. */
export const changesOfVersion = (changelog: string, version: string): string =>
  changesOf(changelog, `## ${version} (`)

function changesOf(changelog: string, heading: string): string {
  const lines = changelog.split('\n')
  const start = lines.findIndex((line) => line.startsWith(heading))
  if (start < 0) return ''
  const rest = lines.slice(start + 1)
  const end = rest.findIndex((line) => line.startsWith('## '))
  return rest
    .slice(0, end < 0 ? undefined : end)
    .join('\n')
    .trim()
}
