import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formsOf } from '../../src/users/account-normal-forms.ts'
import { identifierForm, isDomain, searchForm, typedText } from '../../src/users/normal-form.ts'

/** All of Unicode, with what the rules are about drawn often. */
const characters = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom(...'ΣσςİıiI\u0307ßẞﬁＡａ＠．。@.xn--\u0345\u0301\u200d\u3000ǅსᲡאبकृ太') }),
)

describe('the normal form of identifiers', () => {
  it('is its own normal form, whatever was typed', () => {
    fc.assert(
      fc.property(characters, (text) => {
        const form = identifierForm(text)
        expect(identifierForm(form)).toBe(form)
      }),
      { numRuns: 3000 },
    )
  })

  it.each([
    ['surrounding space', ' Ada@Example.TEST\t', 'ada@example.test'],
    ['combining marks, as macOS writes them', 'Zoe\u0308', 'zoë'],
    ['Greek capitals', 'ΚΡΝΛΟΚΟΣ', 'κρνλοκοσ'],
    ['a final sigma', 'κρνλοκος', 'κρνλοκοσ'],
    ['a final sigma before the @', 'ΝΙΚΟΣ@παράδειγμα.ελ', 'νικοσ@παράδειγμα.ελ'],
    ['iota subscript', 'ᾳ', 'αι'],
    ['Turkish İ', 'İpek', 'ipek'],
    ['Turkish ı', 'ışık', 'işik'],
    ['Turkish İ of a domain', 'INFO@İZMİR.example', 'info@izmir.example'],
    ['the dot of Turkish İ that lower case leaves', 'info@i\u0307zmir.example', 'info@izmir.example'],
    ['German ẞ', 'GROẞ', 'groß'],
    ['Georgian capitals', 'ᲗᲐᲛᲐᲠ', 'თამარ'],
    ['Cherokee capitals', 'ᎠᎡ', 'ꭰꭱ'],
    ['Armenian ligature', 'ՍԵՒԱԿ', identifierForm('Սևակ')],
    ['Thai sara am', 'นํ\u0e32', identifierForm('นำ')],
    ['a Korean name, decomposed', '홍길동'.normalize('NFD'), '홍길동'],
    ['fullwidth letters', 'ｔａｒｏ＠ｅｘａｍｐｌｅ．ｃｏｍ', 'taro@example.com'],
    ['ideographic full stops', 'taro。y@example。co｡jp', 'taro.y@example.co.jp'],
    ['halfwidth kana', 'ﾀﾛｳ ｶﾞ', 'タロウ ガ'],
    ['ideographic space around it', '\u3000taro\u3000', 'taro'],
    ['ligatures', 'ﬁnn', 'finn'],
    ['Arabic presentation forms', '\ufee3\ufea4\ufee4\ufeaa', 'محمد'],
    ['marks of direction', '\u200fיעל\u200e', 'יעל'],
    ['a soft hyphen', 'ad\u00ada', 'ada'],
  ])('folds %s', (_, typed, form) => {
    expect(identifierForm(typed)).toBe(form)
  })

  it.each([
    ['ß and ss (RFC 8265)', 'weiß', 'weiss'],
    ['letters and their accents', 'jose', 'josé'],
    ['a domain and what is no punycode of it', 'a@xn--example-.com', 'a@example.com'],
    ['domains with ß and ss (IDNA 2008)', 'a@straße.example', 'a@strasse.example'],
    ['domains with ı and i', 'a@ışık.example', 'a@işik.example'],
  ])('keeps apart %s', (_, one, other) => {
    expect(identifierForm(one)).not.toBe(identifierForm(other))
  })

  it('of every letter is that of its capital and of its small letter (but ß, whose capitals are SS)', () => {
    const differing: string[] = []
    for (let code = 0; code <= 0x10ffff; code++) {
      if (code >= 0xd800 && code <= 0xdfff) continue
      const letter = String.fromCodePoint(code)
      const cases = [letter.toUpperCase(), letter.toLowerCase()].filter((other) => other !== letter)
      const form = cases.length === 0 ? '' : identifierForm(`a${letter}b`)
      const others = cases.map((other) => identifierForm(`a${other}b`))
      if (others.some((other) => other !== form)) differing.push(letter)
    }
    expect(differing).toEqual(['ß'])
  })

  it('of a word is that of its capitals and of its small letters', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ΑΣσςάΆΐϊιİıiIŞşǅǆԱևդßẞКкСა᲍') }), (word) => {
        if (/ß/.test(word)) return
        expect(identifierForm(word.toUpperCase())).toBe(identifierForm(word))
        expect(identifierForm(word.toLowerCase())).toBe(identifierForm(word))
      }),
    )
  })
})

describe('every spelling of one domain is one mailbox (UTS 46)', () => {
  it.each([
    [
      'пример.рф',
      [
        'ПРИМЕР.РФ',
        'xn--e1afmkfd.xn--p1ai',
        'XN--E1AFMKFD.xn--p1ai',
        'пример。рф',
        'пример．рф',
        'пример.рф.',
      ],
    ],
    ['münchen.example', ['MÜNCHEN.Example', 'mu\u0308nchen.example', 'xn--mnchen-3ya.example']],
    ['νικοσ.gr', ['ΝΙΚΟΣ.GR', 'νικος.gr', 'xn--uxachkp.gr', 'xn--uxachku.gr']],
    ['例え.テスト', ['例え。テスト', 'xn--r8jz45g.xn--zckzah', '例え｡ﾃｽﾄ']],
    ['example.com', ['EXAMPLE.com', 'ｅｘａｍｐｌｅ．ｃｏｍ', 'exam\u00adple.com', 'example.com.']],
    ['faß.de', ['FAẞ.DE', 'xn--fa-hia.de']],
  ])('%s', (domain, spellings) => {
    for (const spelling of [domain, ...spellings]) {
      expect(identifierForm(`Ada@${spelling}`)).toBe(`ada@${domain}`)
    }
  })

  it.each([
    'a@1.2.3',
    'a@0x7f.1',
    'a@[::1]',
    'a@b:80',
    'a@b/c',
    'a@b?c',
    'a@b#c',
    'a@b%41',
    'a@',
    '@',
    'a@b@c',
    'a@xn--',
  ])('what is no domain stays as it is: %s', (text) => {
    expect(identifierForm(text)).toBe(text)
  })

  it.each(['пример.com', 'xn--e1afmkfd.com', 'localhost', 'a_b.example'])('%s is a domain', (text) => {
    expect(isDomain(text)).toBe(true)
  })

  it.each(['a/b', 'a b', 'a%2e', 'א\u0061'])('%s is none', (text) => {
    expect(isDomain(text)).toBe(false)
  })
})

describe('the form for the search', () => {
  it('is that of an identifier, also for a part of one', () => {
    expect(searchForm('ПРИМЕР')).toBe('пример')
    expect(searchForm('xn--e1afmkfd')).toBe('пример')
    expect(searchForm('@xn--e1afmkfd.com')).toBe('@пример.com')
    expect(searchForm('علی\u200cرضا')).toBe('علیرضا')
  })

  it('of names is made of all that the search looks at, each once', () => {
    const profile = { name: '田中 太郎', given_name: '太郎', family_name: '田中', nickname: 'x' }
    expect(formsOf({ profile }).name_form).toBe('田中 太郎 太郎 田中')
    expect(formsOf({ username: 'ΑΣ', email: null }).name_form).toBe('')
  })
})

it('what East Asian keyboards type is kept as the letters it stands for, and nothing else changes', () => {
  expect(typedText('ＴＡＲＯ＠ｅｘａｍｐｌｅ．ｃｏｍ')).toBe('TARO@example.com')
  expect(typedText('ﾀﾛｳ')).toBe('タロウ')
  expect(typedText('ΝΊΚΟΣ ﬁ Ａ')).toBe('ΝΊΚΟΣ ﬁ A')
})
