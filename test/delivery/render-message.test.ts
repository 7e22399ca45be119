import { parse } from 'node-html-parser'
import { describe, expect, it } from 'vitest'
import { kinds, previewMessage } from '../../scripts/messages/preview-message.ts'
import type { MessageContent } from '../../src/delivery/message.ts'
import { toMessageBrand } from '../../src/delivery/message-brand.ts'
import type { Message } from '../../src/delivery/messages/index.ts'
import { messageKinds } from '../../src/delivery/messages/index.ts'
import { renderMessage } from '../../src/delivery/render-message.ts'
import { supportedLanguages } from '../../src/messages/languages.ts'
import { toSettings } from '../../src/settings/settings.ts'

const all = kinds.flatMap((kind) => supportedLanguages.map((language) => ({ kind, language })))
const emails = all.filter(({ kind }) => messageKinds[kind as Message['kind']].channel === 'email')

const content = (changed: Partial<MessageContent> = {}): MessageContent => ({
  to: { channel: 'email', address: 'ada@example.com' },
  language: 'en',
  host: 'auth.test',
  brand: toMessageBrand(toSettings({}), 'https://auth.test'),
  message: {
    kind: 'invitation',
    params: { url: 'https://auth.test/set-password?link=a&b="c"', account: 'ada', link_expires_at: 0 },
  },
  ...changed,
})
const render = (changed: Partial<MessageContent> = {}) => {
  const rendered = renderMessage('id', content(changed))
  if (rendered.channel !== 'email') throw new Error('an e-mail was expected')
  return rendered.email
}

/** Its code or its link. */
const secretOf = (example: (typeof messageKinds)[Message['kind']]['example']): string | undefined => {
  if ('code' in example) return example.code
  if ('url' in example) return example.url
  return 'not_me' in example ? example.not_me?.url : undefined
}

describe.each(emails)('$kind in $language', ({ kind, language }) => {
  const { html = '', txt = '' } = previewMessage(kind, language)
  const { example } = messageKinds[kind as Message['kind']]
  const secret = secretOf(example)

  it('says in HTML and in text what it is for, with its code or link in both', () => {
    if (secret !== undefined) expect(html).toContain(secret)
    if (secret !== undefined) expect(txt.split('\n')).toContain(secret)
    const page = parse(html)
    const subject = /^Subject: (.+)$/m.exec(txt)?.[1]
    expect(subject?.length).toBeGreaterThan(5)
    expect(page.querySelector('title')?.text).toBe(subject)
    expect(page.querySelector('h1')?.text).toBe(txt.split('\n')[2])
    expect(txt).not.toMatch(/undefined|\[object|=>|[\u2066-\u2069]/)
  })

  it('is written in its language and its direction', () => {
    const page = parse(html).querySelector('html')
    expect(page?.getAttribute('lang')).toBe(language)
    expect(page?.getAttribute('dir')).toBe(language === 'ar' ? 'rtl' : 'ltr')
    if (language !== 'en') expect(txt).not.toBe(previewMessage(kind, 'en')['txt'])
  })

  it('shows neither code nor link before it is opened', () => {
    const subject = /^Subject: (.+)$/m.exec(txt)?.[1]
    const preview = parse(html).querySelector('body > div')?.text
    for (const seen of [subject, preview]) expect(seen).not.toContain(secret)
  })

  it('loads nothing, runs nothing, counts nobody', () => {
    const page = parse(html)
    expect(page.querySelectorAll('script, link, iframe, object, form, img, [onload], [onclick]')).toEqual([])
    expect(html).not.toMatch(/url\(|@import/)
  })
})

it.each(supportedLanguages)(
  'a text message in %s ends with the line that binds its code to our host',
  (language) => {
    const text = previewMessage('sms_code', language)['txt'] ?? ''
    expect(text).toContain('482913')
    expect(text.split('\n').at(-1)).toBe('@auth.example.com #482913')
    // Direction marks and the like would halve what fits into a message.
    expect(text).not.toMatch(/[\u2066-\u2069\u200e\u200f]/)
  },
)

describe('what comes from elsewhere', () => {
  it('is escaped in HTML, and nothing of it in text becomes another line', () => {
    const name = '<script>alert(1)</script>"\'&'
    const brand = { ...content().brand, name }
    const email = render({ brand })
    expect(email.html).not.toContain('<script>')
    expect(parse(email.html).querySelectorAll('script')).toEqual([])
    expect(parse(email.html).querySelector('a.button')?.getAttribute('href')).toBe(
      'https://auth.test/set-password?link=a&b="c"',
    )
  })

  it('an account name that turns the direction of writing stays in its place', () => {
    const account = '\u202emoc.elpmaxe@ada'
    const message = {
      kind: 'invitation',
      params: { url: 'https://a.test/', account, link_expires_at: 0 },
    } as const
    expect(render({ message }).html).not.toContain('\u202e')
  })
})

describe('branding', () => {
  const digest = 'a'.repeat(43)
  const settings = toSettings({
    'branding.name': 'Bank',
    'branding.colors': { light: { accent: '#0a5c36', background: '#ffffff' } },
  })
  const brand = toMessageBrand(
    { ...settings, brand_images: { logo: { digest, content_type: 'image/png' } } },
    'https://auth.test',
  )

  it('has the name, the colours of both modes, and the logo with its whole address', () => {
    const { html, subject } = render({ brand })
    expect(subject).toBe('Your account at Bank')
    expect(html).toContain('#0a5c36')
    expect(html).toContain('prefers-color-scheme:dark')
    expect(parse(html).querySelector('img')?.getAttribute('src')).toBe(
      `https://auth.test/assets/logo.${digest}.png`,
    )
  })

  it('a logo that stands alone names the service to those who do not see it', () => {
    const alone = render({ brand: { ...brand, showsName: false } })
    expect(parse(alone.html).querySelector('img')?.getAttribute('alt')).toBe('Bank')
  })

  it('a message is the same however often it is rendered: its provider knows it by its key', () => {
    expect(render({ brand })).toEqual(render({ brand }))
  })
})
