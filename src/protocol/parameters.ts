/**
 * OAuth parameters from a query string or a form body. Stricter than URLSearchParams, which would hide invalid
 * UTF-8 and resolve duplicates silently. A repeated parameter attacks the next parser, which may choose another
 * value (parameter pollution), so RFC 6749 §3.1 forbids it.
 */
import { err, ok, type Result } from '../kit/result.ts'

/** Only RFC 8707 §2 allows repetition. */
const repeatable = new Set(['resource'])

/** JSON may contain line breaks and tabs (RFC 8259 §2); everything else is one line (RFC 6749 appendix A). */
const json = new Set(['claims', 'registration', 'authorization_details'])

const none: ReadonlySet<string> = new Set()

const maxParameters = 64
const maxNameLength = 64

export interface Parameters {
  /** The value; an empty one counts as omitted (RFC 6749 §3.1). */
  get(name: string): string | undefined
  all(name: string): readonly string[]
  /** Names that were repeated but must not be. */
  readonly duplicates: ReadonlySet<string>
  /** As received, to keep the request through a sign-in. */
  readonly encoded: string
}

/**
 * Parses `application/x-www-form-urlencoded` text.
 * @returns a reason, fit for `error_description`, when it is malformed
 */
export function parseParameters(encoded: string): Result<Parameters, string> {
  const values = new Map<string, string[]>()
  let duplicates: Set<string> | undefined
  let count = 0
  for (const pair of encoded.split('&')) {
    if (pair === '') continue
    if (++count > maxParameters) return err('too many parameters')
    const equals = pair.indexOf('=')
    const name = decode(equals < 0 ? pair : pair.slice(0, equals))
    if (name === undefined) return err('malformed parameter encoding')
    const value = equals < 0 ? '' : decode(pair.slice(equals + 1), json.has(name))
    if (value === undefined) return err('malformed parameter encoding')
    if (name.length > maxNameLength) return err('parameter name too long')
    const known = values.get(name)
    if (!known) {
      values.set(name, [value])
    } else {
      if (!repeatable.has(name)) {
        duplicates ??= new Set()
        duplicates.add(name)
      }
      known.push(value)
    }
  }
  return ok({
    get: (name) => values.get(name)?.[0] || undefined,
    all: (name) => values.get(name)?.filter((value) => value !== '') ?? [],
    duplicates: duplicates ?? none,
    encoded,
  })
}

/** Parses the query of a request URL. Extracted as text, because a URL parser would repair what must be refused. */
export function parseQuery(url: string): Result<Parameters, string> {
  const question = url.indexOf('?')
  return parseParameters(question < 0 ? '' : url.slice(question + 1))
}

/** Percent-decoding that refuses invalid UTF-8 and, unless the value is JSON, control characters. */
function decode(text: string, allowsControls = false): string | undefined {
  if (plain.test(text)) return text
  try {
    const decoded = decodeURIComponent(text.replaceAll('+', ' '))
    return !allowsControls && hasControlCharacter(decoded) ? undefined : decoded
  } catch {
    return undefined
  }
}

const plain = /^[\w.~*!'():/@,;$-]*$/

function hasControlCharacter(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code < 0x20 || code === 0x7f) return true
  }
  return false
}
