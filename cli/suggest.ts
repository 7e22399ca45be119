/** What somebody may have meant by a word that is none. */

/** The names that `typed` most resembles, best first: misspelt, or not typed to the end. */
export function resembling(typed: string, names: readonly string[]): readonly string[] {
  const word = typed.toLowerCase()
  const tolerance = Math.max(1, Math.floor(word.length / 3))
  return [...new Set(names)]
    .map((name) => ({ name, distance: distanceBetween(word, name.toLowerCase()) }))
    .filter(({ distance }) => distance <= tolerance)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ name }) => name)
}

/** The beginning of a word is as near to it as one slip. */
const distanceBetween = (typed: string, name: string): number =>
  typed.length >= 3 && name.startsWith(typed) ? Math.min(1, name.length - typed.length) : slips(typed, name)

/** Optimal string alignment distance: letters inserted, left out, replaced, or swapped with their neighbour. */
function slips(from: string, to: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i++) {
    const row = [i]
    for (let j = 1; j <= to.length; j++) {
      const replaced = at(last, j - 1) + (from[i - 1] === to[j - 1] ? 0 : 1)
      const isSwapped = from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]
      const swapped = isSwapped ? at(beforeLast, j - 2) + 1 : Number.POSITIVE_INFINITY
      row.push(Math.min(at(row, j - 1) + 1, at(last, j) + 1, replaced, swapped))
    }
    beforeLast = last
    last = row
  }
  return at(last, to.length)
}

const at = (row: readonly number[], index: number): number => row[index] ?? Number.POSITIVE_INFINITY

/** `Did you mean: a, b`, or undefined. */
export const didYouMean = (meant: readonly string[]): string | undefined =>
  meant.length === 0 ? undefined : `Did you mean: ${meant.join(', ')}`
