/**
 * Rules for text that people and administrators compare by eye: usernames, addresses, names. Attack: a name that only
 * looks like another one (Cyrillic "а", a zero-width letter, a right-to-left override).
 */

/** Characters that reverse the reading direction or are invisible. */
const deceiving =
  /[\p{Cc}\p{Cn}\p{Co}\p{Cs}\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/u
/** The same, but line breaks are allowed. */
const deceivingInLines = new RegExp(deceiving.source.replace('\\p{Cc}', '\\0-\\t\\v-\\x1f\\x7f-\\x9f'), 'u')

/** Alphabets with letters that look alike. */
const lookalikes = [
  ['Latin', /\p{Script=Latin}/u],
  ['Cyrillic', /\p{Script=Cyrillic}/u],
  ['Greek', /\p{Script=Greek}/u],
  ['Armenian', /\p{Script=Armenian}/u],
  ['Cherokee', /\p{Script=Cherokee}/u],
] as const

/** What a refused character is called, the first that fits. */
const kinds = [
  [/^[\r\n]$/, 'a line break'],
  [/^\p{Cc}$/u, 'a control character'],
  [/^[\p{Cn}\p{Co}\p{Cs}]$/u, 'a character without a meaning of its own'],
  [/^[\u200e\u200f\u202a-\u202e\u2066-\u2069]$/, 'a mark of direction'],
  [/^\p{Z}$/u, 'a space'],
] as const

const named = (character: string): string => {
  const code = character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')
  const kind = kinds.find(([pattern]) => pattern.test(character))?.[1] ?? 'an invisible character'
  return `must not hold U+${code}, ${kind}`
}

const faultAt = (pattern: RegExp, text: string): string | undefined => {
  const found = pattern.exec(text)?.[0]
  return found === undefined ? undefined : named(found)
}

/** What is wrong with a line, if it has control or invisible characters. */
export const lineFault = (text: string): string | undefined => faultAt(deceiving, text)

/** The same for lines separated by LF or CRLF (OpenID Connect Core §5.1.1). */
export const linesFault = (text: string): string | undefined =>
  faultAt(deceivingInLines, text.replaceAll('\r\n', '\n'))

/**
 * What is wrong with an identifier. It may contain nothing invisible or blank (Hangul fillers), no space, no
 * compatibility character (RFC 8265 §3.3: "ﬁ" would look like "fi"), and letters of one alphabet only.
 */
export function identifierFault(text: string): string | undefined {
  if (/^\p{Default_Ignorable_Code_Point}*$/u.test(text)) return 'must have a visible character'
  const scripts = lookalikes.filter(([, script]) => script.test(text)).map(([name]) => name)
  return (
    lineFault(text) ??
    faultAt(/[\p{Z}\p{Cf}]/u, text) ??
    compatibilityFault(text) ??
    (scripts.length > 1 ? `must not mix ${scripts.join(' and ')} letters` : undefined)
  )
}

/** Letters that Armenian, Thai and Lao require; the normal form decomposes them. */
const required = /[\u0587\u0e33\u0eb3\u0edc\u0edd]/g

function compatibilityFault(text: string): string | undefined {
  const rest = text.replace(required, '').normalize('NFC')
  if (rest.normalize('NFKC') === rest) return undefined
  const isOther = (character: string) => character.normalize('NFKC') !== character.normalize('NFC')
  const found = [...rest].find(isOther)
  return found === undefined
    ? 'must not hold compatibility characters'
    : `must not hold “${found}”, which could be taken for “${found.normalize('NFKC')}”`
}
