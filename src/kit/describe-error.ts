import { causesOf } from './causes.ts'

const maxLength = 500
/** Of each message of several, so that a long one does not hide the cause. */
const maxMessageLength = 150

/** A line of V8's stack that has a place in code. Attack: a line of the message that merely begins with `at`. */
const frame = /^ {4}at (?:.+ \()?\S+:\d+:\d+\)?$/

/**
 * Describes an unexpected error for the log: the error and its causes by name and first line of the message, and
 * the location. Further lines are omitted: they may quote a query with its parameters, which may be personal data.
 */
export function describeError(error: unknown): string {
  const causes = causesOf(error)
  if (causes.length === 0) return String(error).slice(0, maxLength)
  const length = causes.length === 1 ? maxLength : maxMessageLength
  const descriptions = causes.map(
    ({ name, message }) => `${name}: ${message.split('\n', 1)[0]?.slice(0, length)}`,
  )
  const location = causes[0]?.stack?.split('\n').find((line) => frame.test(line))
  return [descriptions.join(' <- '), location?.trim()].join(' ').trim().slice(0, maxLength)
}
