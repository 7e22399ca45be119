/**
 * Text from the server on an admin's terminal. Attack: somebody calls themselves `ESC]0;…` or `ESC[2K…` and so
 * rewrites what the admin reads, sets the clipboard, or hides rows. Every character that steers a terminal or
 * changes the direction of text is shown as its code instead.
 */
import { styleText } from 'node:util'

/** C0, DEL and C1 controls; line and paragraph separators; marks, embeddings and isolates of direction; BOM, tags. */
const steering =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|\p{Surrogate}/gu

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** One line of text that does nothing but be read. Zero-width joiners stay where they join emoji. */
export const safeText = (text: string): string =>
  text.replace(steering, (character, offset: number) => {
    if (character === '\u200d' && joinsEmoji(text, offset)) return character
    return named[character] ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`
  })

const joinsEmoji = (text: string, offset: number): boolean =>
  /\p{Extended_Pictographic}[\ufe0f\p{Emoji_Modifier}]*$/u.test(
    text.slice(Math.max(0, offset - 8), offset),
  ) && /^\p{Extended_Pictographic}/u.test(text.slice(offset + 1, offset + 3))

/** Text of several lines: line feeds and tabs stay. */
export const safeLines = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.split('\t').map(safeText).join('\t'))
    .join('\n')

/** JSON with the same value, written so that no character of it steers the terminal. */
export const safeJson = (value: unknown, indent?: number): string =>
  (JSON.stringify(value, null, indent) ?? 'null').replace(steering, (character) =>
    character === '\n'
      ? character
      : [...Array(character.length).keys()]
          .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
          .join(''),
  )

type Style = Parameters<typeof styleText>[0]

/** Colours for what is ours; nothing for pipes, `NO_COLOR` (no-color.org) and dumb terminals. */
export function painter(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
) {
  const forced = (env['FORCE_COLOR'] ?? '') !== '' && env['FORCE_COLOR'] !== '0'
  const wanted = forced || (stream.isTTY === true && env['TERM'] !== 'dumb')
  const isOn = wanted && (env['NO_COLOR'] ?? '') === ''
  return (style: Style, text: string): string =>
    isOn ? styleText(style, text, { validateStream: false }) : text
}

export type Paint = ReturnType<typeof painter>
