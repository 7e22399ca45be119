import { causesOf } from './causes.ts'

const longest = 500

/**
 * An unexpected error for the log: what was thrown and what caused it, by name and the first line of the message, and
 * the place. Further lines may quote a query with its parameters, which may be personal.
 */
export function describeError(error: unknown): string {
  const causes = causesOf(error)
  if (causes.length === 0) return String(error).slice(0, longest)
  const said = causes.map(({ name, message }) => `${name}: ${message.split('\n', 1)[0]}`)
  const place = causes[0]?.stack?.split('\n').find((line) => line.trimStart().startsWith('at '))
  return [said.join(' <- '), place?.trim()].join(' ').trim().slice(0, longest)
}
