import { causesOf } from './causes.ts'

const maxLength = 500

/**
 * Describes an unexpected error for the log: the error and its causes by name and first line of the message, and
 * the location. Further lines are omitted: they may quote a query with its parameters, which may be personal data.
 */
export function describeError(error: unknown): string {
  const causes = causesOf(error)
  if (causes.length === 0) return String(error).slice(0, maxLength)
  const descriptions = causes.map(({ name, message }) => `${name}: ${message.split('\n', 1)[0]}`)
  const location = causes[0]?.stack?.split('\n').find((line) => line.trimStart().startsWith('at '))
  return [descriptions.join(' <- '), location?.trim()].join(' ').trim().slice(0, maxLength)
}
