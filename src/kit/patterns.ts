/** Patterns used in several places. Without flags, because they are published: JSON Schema has none. */

/** In lower case, as we print it. */
export const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Whether `text` is a UUID in upper or lower case (RFC 9562 §4). */
export const isUuid = (text: string): boolean => uuidPattern.test(text.toLowerCase())

/** Decimal digits that JavaScript represents exactly. */
export const wholeNumberPattern = /^\d{1,15}$/

/** Attack: text that breaks out of its line, on a page or in a log. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
export const singleLinePattern = /^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*$/
