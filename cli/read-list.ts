/** Lists are given by commas, by repetition, or both: `--roles a,b` is `--roles a --roles b`. */
import { usage } from './failure.ts'

/**
 * The entries of all `given`.
 * @param separator by spaces too, where no entry can hold one
 * @throws Failure for an empty entry: `--roles "$ROLES"` with an empty variable must not mean "no roles"
 */
export function readList(
  option: string,
  given: readonly string[],
  separator: ',' | ' ' = ',',
): readonly string[] {
  const atCommas = given.flatMap((text) => text.split(/(?<!\\),/))
  const entries = separator === ' ' ? atCommas.flatMap((text) => text.trim().split(/\s+/)) : atCommas
  const read = entries.map((entry) => entry.trim().replaceAll('\\,', ','))
  if (!read.includes('')) return read
  throw usage(
    `--${option} has an empty entry.`,
    `An empty list is given as JSON: --data '{"${option.replaceAll('-', '_')}": []}'. A comma within an entry is written \\,`,
  )
}
