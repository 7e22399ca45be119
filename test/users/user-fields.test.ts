import { describe, expect, it } from 'vitest'
import { profile } from '../../src/users/profile-fields.ts'
import { email, username, userPatch } from '../../src/users/user-fields.ts'
import { userFilter } from '../../src/users/user-filter.ts'

const accepts = (schema: { safeParse(value: unknown): { success: boolean } }, value: unknown) =>
  schema.safeParse(value).success

describe('usernames', () => {
  it.each([
    'ada',
    'Ada.Lovelace',
    'josé',
    'Пётр',
    '王伟',
    'ada@example.com',
    'o-k_1',
    '\u0130pek',
    'Սևակ',
    'สำราญ',
  ])('takes %j', (name) => {
    expect(accepts(username, name)).toBe(true)
  })

  it.each([
    ['Latin and Cyrillic letters', 'p\u0430ypal'],
    ['Latin and Greek letters', 'g\u03bfogle'],
    ['a ligature', '\ufb01nance'],
    ['a zero-width space', 'ad\u200bmin'],
    ['a zero-width joiner', 'ad\u200dmin'],
    ['a right-to-left override', 'ad\u202emin'],
    ['a soft hyphen', 'ad\u00admin'],
    ['Hangul fillers', '\u115f\u1160'],
    ['a space', 'ada lovelace'],
    ['a line break', 'ada\nlovelace'],
    ['NUL', 'ada\0'],
    ['a superscript', 'ada\u00b2'],
    ['nothing', '  '],
    ['too much', 'a'.repeat(101)],
  ])('refuses %s (UTS 39, RFC 8265)', (_, name) => {
    expect(accepts(username, name)).toBe(false)
  })

  it('stores one form of what looks the same (NFC), without the space around it', () => {
    expect(username.parse(' jose\u0301 ')).toBe('jos\u00e9')
  })

  it('stores what a Japanese keyboard types as the letters it stands for (RFC 8265 §3.3.1), case as it was', () => {
    expect(username.parse('\u3000ＴＡｒｏ－１')).toBe('TAro-1')
  })
})

describe('e-mail addresses', () => {
  it.each([
    'a@b',
    'ada+list@example.co.uk',
    'пётр@example.com',
    'josé@münchen.example',
    'info@пример.com',
    'info@mail.παράδειγμα.com',
    'почта@example.com',
    'a@xn--e1afmkfd.com',
    'docomo.@docomo.ne.jp',
  ])('takes %j', (text) => {
    expect(accepts(email, text)).toBe(true)
  })

  it('stores fullwidth letters and ideographic full stops as what they stand for', () => {
    expect(email.parse('ｔａｒｏ＠Ｅｘａｍｐｌｅ。ｃｏ｡ｊｐ')).toBe('taro@Example.co.jp')
  })

  it.each([
    'ada',
    '@b',
    'a@',
    'a@b@c',
    'a b@c',
    'a@b c',
    '"a"@b',
    '<a@b>',
    'a@b..c',
    'a,b@c',
    'p\u0430ypal@example.com',
    'ada@p\u0430ypal.example',
    // The same in punycode.
    'ada@xn--pypal-4ve.example',
    'a@b/c',
    'a@b%2e',
    `a@${'b'.repeat(254)}`,
    `${'a'.repeat(65)}@b`,
    'a\u200b@b',
  ])('refuses %j', (text) => {
    expect(accepts(email, text)).toBe(false)
  })
})

describe('what is wrong is said once, and is true', () => {
  const faultsOf = (schema: typeof email, value: string) =>
    schema.safeParse(value).error?.issues.map(({ message }) => message)

  it.each([
    ['ada lovelace', 'must not hold U+0020, a space'],
    ['ad\u200bmin', 'must not hold U+200B, an invisible character'],
    ['ad\u202emin', 'must not hold U+202E, a mark of direction'],
    ['ad\u0007min', 'must not hold U+0007, a control character'],
    ['ada\nb', 'must not hold U+000A, a line break'],
    ['\u115f\u1160', 'must have a visible character'],
    ['\ufb01nance', 'must not hold “\ufb01”, which could be taken for “fi”'],
    ['p\u0430ypal', 'must not mix Latin and Cyrillic letters'],
  ])('the username %j', (name, fault) => {
    expect(faultsOf(username, name)).toEqual([fault])
  })

  it.each([
    ['ada', 'must be an e-mail address, with an @'],
    ['"ada b"@example.com', 'must not have a quoted part before the @'],
    ['Ada <ada@example.com>', 'must be the address alone, without a name and <>'],
    ['a@example.com,b@example.com', 'must be one address'],
    ['a@b@example.com', 'must have only one @'],
    ['a@[192.0.2.1]', 'must have a domain behind the @, not an IP address'],
    ['a@b..c', 'must have a domain behind the @, without empty parts'],
    [`${'a'.repeat(65)}@b`, 'must have at most 64 characters before the @'],
    ['a b@c', 'must not hold a space'],
    ['a\u200b@b', 'must not hold U+200B, an invisible character'],
    ['ada@p\u0430ypal.example', 'must not mix Latin and Cyrillic letters'],
    ['a@b/c', 'must have a domain behind the @'],
  ])('the address %j', (text, fault) => {
    expect(faultsOf(email, text)).toEqual([fault])
  })

  it.each(['\u0130', '\u0130LKER', 'i\u0307lker', 'Straße', 'x', '😀'])(
    'nothing is wrong with %j, as a name or in an address',
    (name) => {
      expect(accepts(username, name)).toBe(true)
      expect(accepts(email, `${name}@example.com`)).toBe(true)
    },
  )
})

describe('profiles (OpenID Connect Core §5.1)', () => {
  it('takes every standard claim', () => {
    const full = {
      name: 'Ada Lovelace',
      given_name: 'Ada',
      family_name: 'Lovelace',
      middle_name: 'King',
      nickname: 'Ada',
      preferred_username: 'ada',
      profile: 'https://example.com/ada',
      picture: 'https://example.com/ada.png',
      website: 'http://example.com',
      gender: 'female',
      birthdate: '1815-12-10',
      zoneinfo: 'Europe/London',
      locale: 'en-GB',
      address: { formatted: '12 St James\u2019s Square\nLondon', locality: 'London', country: 'GB' },
    }
    expect(profile.parse(full)).toEqual(full)
  })

  it.each(['1 Main St\r\nTown', '1 Main St\nTown', '1 Main St\r\n\r\nTown'])(
    'takes the lines of an address: %j (§5.1.1)',
    (lines) => {
      const value = { address: { formatted: lines, street_address: lines } }
      expect(profile.parse(value)).toEqual(value)
    },
  )

  it.each([
    'en-US-u-hc-h12',
    'de-CH-1996',
    'sl-rozaj-biske-1994',
    'zh-Hans-CN',
    'zh-yue-HK',
    'en-US-x-twain',
    'x-whatever',
    'i-klingon',
    'es-419',
    'en_GB',
    'de-DE-u-co-phonebk-x-a-b',
  ])('takes the locale %s (RFC 5646 §2.1)', (locale) => {
    expect(accepts(profile, { locale })).toBe(true)
  })

  it.each([
    'e',
    'en-',
    'en--US',
    'en-US-u',
    'en-x',
    'en-USA1',
    'en US',
    'en-US-a',
    'de-DE-DE-DE',
    'x',
    '-en',
    '12',
  ])('refuses the locale %s (RFC 5646 §2.1)', (locale) => {
    expect(accepts(profile, { locale })).toBe(false)
  })

  it('takes a web address whose scheme is in capitals (RFC 3986 §3.1)', () => {
    expect(accepts(profile, { website: 'HTTPS://example.com/Ada' })).toBe(true)
  })

  it.each([
    ['a lone CR in an address', { address: { formatted: '1 Main St\rTown' } }],
    ['a line break in one line of an address', { address: { locality: 'Lon\r\ndon' } }],
    ['a line break in a name', { name: 'Ada\r\nLovelace' }],
    ['a web address that runs backwards', { website: 'https://example.com/\u202eecila' }],
    ['an unknown claim', { shoe_size: 42 }],
    ['a claim that is a token claim', { sub: 'somebody else' }],
    ['a wrong type', { name: 1 }],
    ['a script URL', { picture: 'javascript:alert(1)' }],
    ['a date that is none', { birthdate: '1815-13-10' }],
    ['a time zone nobody knows', { zoneinfo: 'Europe/Atlantis' }],
    ['a locale that is none', { locale: 'not a locale' }],
    ['an address of text', { address: 'London' }],
    ['a name of a megabyte', { name: 'x'.repeat(1_000_000) }],
    ['a name that runs backwards', { name: '\u202eecila' }],
  ])('refuses %s', (_, value) => {
    expect(accepts(profile, value)).toBe(false)
  })
})

describe('patches', () => {
  it('take away by null, but never both names of an account', () => {
    expect(accepts(userPatch, { username: null, profile: { name: null, address: null } })).toBe(true)
    expect(accepts(userPatch, { username: null, email: null })).toBe(false)
  })

  it.each(['roles', 'status', 'id', 'version', 'created_at', 'password'])('cannot reach %s', (field) => {
    expect(accepts(userPatch, { [field]: 'x' })).toBe(false)
  })
})

describe('filters', () => {
  it.each([
    { nmae: 'Ada' },
    { status: 'gone' },
    { created_after: 'yesterday' },
    { created_after: '0000-01-01T00:00:00Z' },
    { created_after: '0001-01-01T00:00:00+10:00' },
    { q: 'a b c d e f g h i' },
    { q: ' ' },
    { q: '\u3164' },
    { q: 'ada \u115f' },
    { username: '\u200b' },
    { email: '\u200e' },
    { identifier: '\u3164' },
    { name: '\u00ad' },
  ])('refuses %j: a condition that is ignored would act on everybody', (filter) => {
    expect(accepts(userFilter, filter)).toBe(false)
  })
})
