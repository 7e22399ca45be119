/**
 * Text that people and administrators compare by eye: usernames, addresses, names. Attack: a name that looks like
 * another one (Cyrillic "а", a zero-width letter, a right-to-left override) and is not.
 */

/** Turns the reading direction around, or is not seen at all. */
const deceiving =
  /[\p{Cc}\p{Cn}\p{Co}\p{Cs}\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/u
/** As above, but lines may break. */
const deceivingInLines = new RegExp(deceiving.source.replace('\\p{Cc}', '\\0-\\t\\v-\\x1f\\x7f-\\x9f'), 'u')

/** Alphabets whose letters look like each other's. */
const lookalikes = [
  /\p{Script=Latin}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Cherokee}/u,
]

/** One line without control or invisible characters. */
export const isPlainLine = (text: string): boolean => !deceiving.test(text)

/** Lines without control or invisible characters; they end in LF or CRLF (OpenID Connect Core §5.1.1). */
export const isPlainText = (text: string): boolean => !deceivingInLines.test(text.replaceAll('\r\n', '\n'))

/**
 * What an account may be called: nothing invisible, nor letters that are all blank (Hangul fillers), no space, no
 * compatibility form (RFC 8265 §3.3: "ﬁ" would look like "fi"), letters of one alphabet only.
 */
export const isIdentifierText = (text: string): boolean =>
  !deceiving.test(text) &&
  !/^\p{Default_Ignorable_Code_Point}*$/u.test(text) &&
  !/[\p{Z}\p{Cf}]/u.test(text) &&
  !hasCompatibilityForm(text) &&
  lookalikes.filter((script) => script.test(text)).length <= 1

/** But for letters that Armenian, Thai and Lao cannot be written without; the normal form takes them apart. */
function hasCompatibilityForm(text: string): boolean {
  const rest = text.replace(/[\u0587\u0e33\u0eb3\u0edc\u0edd]/g, '')
  return rest.normalize('NFKC') !== rest.normalize('NFC')
}
