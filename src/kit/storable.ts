/**
 * What Postgres can keep, as text or as JSON: neither NUL nor half of a surrogate pair. Both are found in the JSON of a
 * value, where they are always written as an escape; behind an odd number of backslashes, or it is text that merely
 * looks like one.
 */
const unstorable = /(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/

/** Whether Postgres can keep `value`, a JSON value. */
export const isStorable = (value: unknown): boolean => !unstorable.test(JSON.stringify(value))

/** `value` as JSON that Postgres can keep: what it cannot becomes U+FFFD, the character for what is no character. */
export const storableJson = (value: unknown): string =>
  JSON.stringify(value).replace(new RegExp(unstorable, 'g'), '$1\\ufffd')
