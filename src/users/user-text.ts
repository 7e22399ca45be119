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
  /\p{Script=Latin}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Cherokee}/u,
]

/** One line without control or invisible characters. */
export const isPlainLine = (text: string): boolean => !deceiving.test(text)

/** Lines without control or invisible characters, separated by LF or CRLF (OpenID Connect Core §5.1.1). */
export const isPlainText = (text: string): boolean => !deceivingInLines.test(text.replaceAll('\r\n', '\n'))

/**
 * Characters an identifier may contain: nothing invisible or blank (Hangul fillers), no space, no compatibility
 * character (RFC 8265 §3.3: "ﬁ" would look like "fi"), and letters of one alphabet only.
 */
export const isIdentifierText = (text: string): boolean =>
  !deceiving.test(text) &&
  !/^\p{Default_Ignorable_Code_Point}*$/u.test(text) &&
  !/[\p{Z}\p{Cf}]/u.test(text) &&
  !hasCompatibilityForm(text) &&
  lookalikes.filter((script) => script.test(text)).length <= 1

/** Except letters that Armenian, Thai and Lao require; the normal form decomposes them. */
function hasCompatibilityForm(text: string): boolean {
  const rest = text.replace(/[\u0587\u0e33\u0eb3\u0edc\u0edd]/g, '')
  return rest.normalize('NFKC') !== rest.normalize('NFC')
}
