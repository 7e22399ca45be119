import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chooseLanguage } from '../../src/messages/choose-language.ts'
import { formatTime, formatWait } from '../../src/messages/format-time.ts'
import { isolated } from '../../src/messages/isolated.ts'
import { supportedLanguages } from '../../src/messages/languages.ts'

describe('the language of a page', () => {
  test.each([
    ['de', undefined, 'de'],
    ['xx fr-CA de', undefined, 'fr'],
    ['ar', 'de', 'ar'],
    ['de_AT', undefined, 'de'],
    ['es-419 de', undefined, 'es'],
    ['de-u-co-phonebk', undefined, 'de'],
    ['xx', 'de', 'de'],
    [undefined, 'es-MX,es;q=0.9,en;q=0.8', 'es'],
    [undefined, 'en;q=0.1, de;q=0.9', 'de'],
    [undefined, 'de;q=0, fr', 'fr'],
    [undefined, 'DE-at', 'de'],
    [undefined, 'pt-BR,pt;q=0.9', 'pt'],
    ['ja-JP', 'en', 'ja'],
    [undefined, '*', 'en'],
    [undefined, 'de;q=9', 'en'],
    [undefined, undefined, 'en'],
    ['constructor', '__proto__', 'en'],
  ])(
    'ui_locales %j and Accept-Language %j choose %s (OpenID Connect Core §3.1.2.1, RFC 9110 §12.5.4)',
    (locales, header, tag) => {
      expect(chooseLanguage(locales, header).tag).toBe(tag)
    },
  )

  test('Arabic is written from right to left', () => {
    expect(chooseLanguage('ar', undefined).dir).toBe('rtl')
    expect(chooseLanguage('de', undefined).dir).toBe('ltr')
  })

  test('any text chooses a language that exists', () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^[a-z,;=q0-9. -]{0,60}$/))
    fc.assert(
      fc.property(text, text, (locales, header) => {
        expect(supportedLanguages).toContain(chooseLanguage(locales, header).tag)
      }),
    )
  })
})

test('a chosen name cannot turn the sentence around it (Unicode bidi controls)', () => {
  expect(isolated('safe\u202Eelif\u2069\u0000')).toBe('\u2068safeelif\u2069')
  expect(isolated('شركة')).toBe('\u2068شركة\u2069')
})

test.each([
  ['en', 0, '1 second'],
  ['en', 59.2, '60 seconds'],
  ['en', 61, '2 minutes'],
  ['de', 300, '5 Minuten'],
  ['en', 4000, '2 hours'],
  ['pt', 120, '2 minutos'],
  ['ja', 120, '2 分'],
])('%s: %d seconds read "%s"', (language, seconds, words) => {
  expect(formatWait(language, seconds)).toBe(words)
})

test('a time says its zone', () => {
  expect(formatTime('en', Date.UTC(2026, 10, 23, 12, 5), 'UTC')).toMatch(/^Nov 23, 2026, 12:05\sPM\sUTC$/)
})
