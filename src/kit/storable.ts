/**
 * What Postgres can store as text or JSON: no NUL and no unpaired surrogates. Both are detected in the JSON of a
 * value, where they are always escaped; an escape preceded by an odd number of backslashes is literal text that
 * only looks like one.
 */
const unstorable = /(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/

/** Whether Postgres can store `value`, a JSON value. */
export const isStorable = (value: unknown): boolean => !unstorable.test(JSON.stringify(value))

const everyUnstorable = new RegExp(unstorable, 'g')

/** `value` as JSON that Postgres can store: unstorable characters become U+FFFD, the replacement character. */
export function storableJson(value: unknown): string {
  const json = JSON.stringify(value)
  // Almost none has an escape of that kind, and every token writes an event.
  return json.includes('\\u') ? json.replace(everyUnstorable, '$1\\ufffd') : json
}
