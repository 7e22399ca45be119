import fc from 'fast-check'
import PostalMime from 'postal-mime'
import { describe, expect, it } from 'vitest'
import { type Email, isSafeEmail } from '../../src/delivery/email.ts'
import { composeMime } from '../../src/delivery/mime.ts'

const email: Email = {
  id: '01900000-0000-7000-8000-000000000000',
  from: { name: 'Authly', address: 'login@auth.test' },
  to: 'ada@example.com',
  subject: 'Your account',
  html: '<p>Hello</p>',
  text: 'Hello\n',
}
const compose = (changed: Partial<Email> = {}) => composeMime({ ...email, ...changed }, new Date(0))
const headOf = (mime: string) => mime.slice(0, mime.indexOf('\r\n\r\n'))
const withoutBreaks = (text: string) => text.replace(/\r\n/g, '\n')

describe('a message as an independent parser reads it (postal-mime)', () => {
  it.each([
    ['ASCII', 'Authly', 'Your account'],
    ['quotes and commas', 'Smith, "Ann" \\ Co', 'A, B; C'],
    ['Japanese', '認証サービス', '確認コード'],
    ['Arabic, long', 'خدمة تسجيل الدخول للمؤسسة', 'اختر كلمة مرور جديدة '.repeat(8).trim()],
    ['text that looks encoded', '=?UTF-8?B?QQ==?=', '=?utf-8?q?hello?='],
    ['a long name in ASCII', 'A'.repeat(64), 'word '.repeat(30).trim()],
  ])('%s', async (_, name, subject) => {
    const parsed = await PostalMime.parse(compose({ from: { ...email.from, name }, subject }))
    expect(parsed.from).toEqual({ name, address: email.from.address })
    expect(parsed.subject).toBe(subject)
    expect(parsed.to).toEqual([{ name: '', address: email.to }])
    expect(parsed.messageId).toBe(`<${email.id}@auth.test>`)
  })

  it('any text in both bodies comes out as it went in', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme-composite', maxLength: 3000 }), async (text) => {
        const clean = text.replace(/[\r\0]/g, '')
        const parsed = await PostalMime.parse(compose({ text: `${clean}.`, html: `<p>${clean}</p>` }))
        expect(withoutBreaks(parsed.text ?? '').trimEnd()).toBe(`${clean}.`.trimEnd())
        expect(withoutBreaks(parsed.html ?? '')).toContain(clean)
      }),
      { numRuns: 40 },
    )
  })

  it('has text first and HTML last, which is the better alternative (RFC 2046 §5.1.4)', () => {
    const mime = compose()
    expect(mime.indexOf('text/plain')).toBeLessThan(mime.indexOf('text/html'))
    expect(mime).toContain('Content-Type: multipart/alternative;\r\n boundary=')
    expect(mime).toContain('Date: Thu, 01 Jan 1970 00:00:00 +0000\r\n')
  })

  it('has no line above 78 characters, none that is a dot, no bare CR or LF', () => {
    const mime = compose({ subject: '長'.repeat(200), text: `.\n${'.'.repeat(500)}\n.` })
    for (const line of mime.split('\r\n')) {
      expect(line.length).toBeLessThanOrEqual(78)
      expect(line).not.toMatch(/^\.|[\r\n]/)
    }
  })
})

describe('header injection', () => {
  const breaks = ['\r\n', '\n', '\r', '\u2028', '\u0085', '\0']
  it.each(breaks.map((text) => [JSON.stringify(text), text]))(
    '%s in any part is no safe e-mail',
    (_, text) => {
      const evil = `x${text}Bcc: eve@example.com`
      for (const changed of [
        { to: evil },
        { subject: evil },
        { id: evil },
        { from: { ...email.from, name: evil } },
        { from: { ...email.from, address: evil } },
      ]) {
        expect(isSafeEmail({ ...email, ...changed })).toBe(false)
      }
      expect(isSafeEmail(email)).toBe(true)
    },
  )

  it.each(['ada@example.com> SIZE=1', 'a b@example.com', '<ada@example.com>', ''])(
    'an address that would end its place in a command: %j',
    (to) => expect(isSafeEmail({ ...email, to })).toBe(false),
  )

  it('no name and no subject can begin another header, even unchecked', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const head = headOf(compose({ subject: text, from: { ...email.from, name: text } }))
        const names = head.split(/\r\n(?! )/).map((line) => /^[A-Za-z-]+:/.exec(line)?.[0])
        expect(names).toEqual([
          ...['Date:', 'From:', 'To:', 'Subject:', 'Message-ID:', 'Auto-Submitted:', 'MIME-Version:'],
          'Content-Type:',
        ])
      }),
    )
  })
})
