/** Each catalogue says everything, in its own language, and uses what it is given. */
import { describe, expect, test } from 'vitest'
import { chooseLanguage } from '../../src/messages/choose-language.ts'
import { en } from '../../src/messages/en.ts'
import { supportedLanguages } from '../../src/messages/languages.ts'

type Text = string | ((...values: string[]) => string)

/** Every message with its path, `scopes.openid` for nested ones. */
const flat = (messages: object): [string, Text][] =>
  Object.entries(messages).flatMap(([key, value]) =>
    typeof value === 'object'
      ? flat(value).map(([inner, text]): [string, Text] => [`${key}.${inner}`, text])
      : [[key, value]],
  )

/** Filled with a number, which has no language; plural forms may depend on it. */
const read = (text: Text): string => (typeof text === 'string' ? text : text(...Array(text.length).fill('7')))

/** Words that other languages have taken over as they are. */
const borrowed = new Set([
  'Code',
  'Passkey',
  'Passkeys',
  'PIN',
  'Name',
  'Browser',
  'Website',
  'QR code',
  'Applications',
  'Sessions',
  'Webhooks',
])

/** Common in English sentences, and no word of German, French, Spanish or Portuguese. */
const english = /(?<!\p{L})(the|your|you|and|with|this|that|sign|again|please|enter|choose|here)(?!\p{L})/iu

/** Languages with a script of their own: each message needs at least one of its letters. */
const scripts: Readonly<Record<string, RegExp>> = {
  ar: /\p{Script=Arabic}/u,
  ja: /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u,
}

describe.each(supportedLanguages)('the catalogue %s', (tag) => {
  const { messages } = chooseLanguage(tag, undefined)
  const texts = new Map(flat(messages))

  test('has exactly the messages of the English one, none of them empty', () => {
    expect([...texts.keys()].sort()).toEqual(
      flat(en)
        .map(([key]) => key)
        .sort(),
    )
    for (const [key, text] of texts) expect(read(text), key).toMatch(/\S/)
  })

  test('takes the same values as the English one and says each of them', () => {
    for (const [key, original] of flat(en)) {
      const text = texts.get(key)
      expect(typeof text, key).toBe(typeof original)
      if (typeof text !== 'function' || typeof original !== 'function') continue
      expect(text.length, key).toBe(original.length)
      const values = Array.from({ length: original.length }, (_, index) => `⟦value ${index}⟧`)
      for (const value of values.filter((each) => original(...values).includes(each))) {
        expect(text(...values), key).toContain(value)
      }
    }
  })

  test('has no spaces too many and no typewriter quotation marks', () => {
    for (const [key, text] of texts) expect(read(text), key).not.toMatch(/^\s|\s$| {2}|["']/)
  })
})

describe.each(supportedLanguages.filter((tag) => tag !== 'en'))('the translation %s', (tag) => {
  const texts = flat(chooseLanguage(tag, undefined).messages)

  test('leaves no message in English', () => {
    const originals = new Map(flat(en))
    const left = texts.filter(([key, text]) => {
      const said = read(text)
      const isCopied = said === read(originals.get(key) as Text) && !borrowed.has(said.replace(' (7)', ''))
      return isCopied || english.test(said)
    })
    expect(left.map(([key, text]) => `${key}: ${read(text)}`)).toEqual([])
  })

  test('is written in the script of the language', () => {
    const script = scripts[tag] ?? /\p{Script=Latin}/u
    const foreign = texts.filter(([, text]) => !script.test(read(text)))
    expect(foreign.map(([key, text]) => `${key}: ${read(text)}`)).toEqual([])
  })
})
