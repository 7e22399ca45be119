/**
 * Patterns in the common subset of the engines that generated clients use: JavaScript, RE2 (Go), Java and Python. What
 * differs only in spelling is respelled; anything else stops the generator.
 */

const unportable: readonly (readonly [construct: RegExp, name: string])[] = [
  [/\(\?/, 'a group other than a plain one: RE2 has no lookaround, names are spelled differently'],
  [/\\[1-9k]/, 'a back reference: RE2 has none'],
  [/\\[pP]/, 'a Unicode property: JavaScript wants the flag u, Python has none'],
  [/\\[cux]\{|\\[cu0]/, 'an escape that not every engine has'],
  [/&&|--|\|\||~~/, 'a set operation of Java, reserved in Python'],
  [/[*+?}]\+/, 'a possessive quantifier of Java and Python'],
  [/\{(?:\d+,)?(?:[1-9]\d{3,}|100[1-9])\}/, 'more than 1000 repetitions: RE2 refuses them'],
]

/** @throws Error naming a construct that has no portable spelling */
export function portablePattern(source: string): string {
  const respelled = source
    .replaceAll(/\\0(?!\d)/g, String.raw`\x00`)
    // Java and Python know \u, RE2 does not; all take the character itself.
    .replaceAll(/\\u([0-9a-f]{4})/gi, (_, hex: string) => characterOf(hex))
    .replaceAll(String.raw`\/`, '/')
    .replaceAll(/\[(?:\\.|[^\]\\])+\]/g, withoutNestedSet)
  const found = unportable.find(([construct]) => construct.test(respelled))
  if (found) throw new Error(`the pattern ${source} has ${found[1]}`)
  return respelled
}

function characterOf(hex: string): string {
  const code = Number.parseInt(hex, 16)
  if (code >= 0xd800 && code <= 0xdfff) throw new Error(`\\u${hex} is half a character`)
  return code < 0x80 ? `\\x${hex.slice(2)}` : String.fromCharCode(code)
}

/** Java reads a bracket inside a set as another set. */
const withoutNestedSet = (set: string): string =>
  `[${set.slice(1, -1).replaceAll(/\\.|\[/g, (part) => (part === '[' ? String.raw`\[` : part))}]`
