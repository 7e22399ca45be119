import { causesOf } from './causes.ts'

const maxLength = 500
/** Of each message of several, so that a long one does not hide the cause. */
const maxMessageLength = 150

/** A line of V8's stack that has a place in code. Attack: a line of the message that merely begins with `at`. */
const frame = /^ {4}at (?:.+ \()?\S+:\d+:\d+\)?$/

/**
 * Describes an unexpected error for the log: the error and its causes by name and message, and the location, without
 * what a message quotes of the data it is about.
 */
export function describeError(error: unknown): string {
  const causes = causesOf(error)
  if (causes.length === 0) return withoutUrls(String(error)).slice(0, maxLength)
  const length = causes.length === 1 ? maxLength : maxMessageLength
  const descriptions = causes.map((cause) => `${cause.name}: ${messageOf(cause).slice(0, length)}`)
  const location = causes[0]?.stack?.split('\n').find((line) => frame.test(line))
  return [descriptions.join(' <- '), location?.trim()].join(' ').trim().slice(0, maxLength)
}

/** Only the first line: the others may quote a query with its parameters, which may be personal data. */
function messageOf(error: Error & { code?: unknown }): string {
  // JSON.parse and BigInt quote what they could not read.
  if (error instanceof SyntaxError) return '…'
  const line = withoutUrls(error.message.split('\n', 1)[0] ?? '')
  const isValue = typeof error.code === 'string' && !quotesNames.test(error.code)
  return isValue ? line.replace(/".*"/, '"…"') : line
}

/**
 * Classes of SQLSTATE in which Postgres quotes names of tables and constraints, and the errors of our own functions. In
 * others it quotes the value, as in `22P02`: invalid input syntax for type uuid.
 */
const quotesNames = /^(?:23|42|AU)/

/** Addresses keep their host alone: connection strings have passwords, queries have codes. */
const withoutUrls = (text: string): string =>
  text.replace(
    /\b([a-z][a-z\d+.-]*:\/\/)([^\s"']*)/gi,
    (_, scheme: string, rest: string) => scheme + hostOf(rest),
  )

function hostOf(rest: string): string {
  const [authority = ''] = rest.split(/[/?#]/, 1)
  if (authority.includes('@')) return authority.slice(authority.lastIndexOf('@') + 1)
  // Attack: a password with a slash in it ends the authority too early.
  return rest.includes('@') ? '' : authority
}
