/** Objects from JSON that others have written. */

/** In valid JSON a text before a colon is the name of a member. */
const tokens = /("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|[{}[\]]/g

/** Parses a JSON object. @returns undefined for anything else */
export function parseJsonObject(json: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(json)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as Readonly<Record<string, unknown>>) : undefined
  } catch {
    return undefined
  }
}

/**
 * Parses a JSON object. Attack: of two members with one name some parsers take the first and some the last (RFC 8259
 * §4, RFC 7519 §4), so what one part of a system has checked is not what another acts on.
 * @returns undefined for anything else, and where an object inside has two members of one name
 */
export function parseStrictObject(json: string): Readonly<Record<string, unknown>> | undefined {
  const value = parseJsonObject(json)
  return value && !repeatsMember(json) ? value : undefined
}

function repeatsMember(validJson: string): boolean {
  const open: Set<string>[] = []
  for (const [token, text, colon] of validJson.matchAll(tokens)) {
    if (token === '{' || token === '[') open.push(new Set())
    else if (token === '}' || token === ']') open.pop()
    else if (colon !== undefined) {
      const names = open.at(-1)
      // Parsed, because `"a"` can be written as `"\u0061"`.
      const name = JSON.parse(text as string) as string
      if (names?.has(name)) return true
      names?.add(name)
    }
  }
  return false
}
