/** What a real server does not do: `test/conformance/delivery/smtp.test.ts` has one. */
import { describe, expect, it } from 'vitest'
import type { SmtpSettings } from '../../../src/delivery/delivery-settings.ts'
import type { Email } from '../../../src/delivery/email.ts'
import { createSmtpSender } from '../../../src/delivery/senders/smtp.ts'
import type { OpenSocket, SmtpSocket } from '../../../src/delivery/senders/smtp-connection.ts'

const email: Email = {
  id: '01900000-0000-7000-8000-000000000000',
  from: { name: 'Authly', address: 'login@auth.test' },
  to: 'ada@example.com',
  subject: 'Your account',
  html: '<p>Hello</p>',
  text: 'Hello',
}

interface Script {
  /** Said when the connection opens. */
  readonly greeting?: string
  /** Replies by the beginning of what is said; the longest that fits. */
  readonly replies?: Readonly<Record<string, string>>
}

const polite = {
  EHLO: '250-mail.test\r\n250-AUTH PLAIN LOGIN\r\n250 SMTPUTF8\r\n',
  STARTTLS: '220 go on\r\n',
  AUTH: '235 welcome\r\n',
  'MAIL FROM': '250 ok\r\n',
  'RCPT TO': '250 ok\r\n',
  DATA: '354 go on\r\n',
  Date: '250 taken\r\n',
}

/** A server that answers by a script, and what was said to it: before and after TLS. */
function serve({ greeting = '220 mail.test\r\n', replies = {} }: Script = {}) {
  const said: { text: string; tls: boolean }[] = []
  const script: Readonly<Record<string, string>> = { ...polite, ...replies }
  let secure = false
  const open = (): SmtpSocket => {
    let push: (text: string) => void = () => undefined
    const readable = new ReadableStream<Uint8Array>({
      start: (controller) => {
        push = (text) => controller.enqueue(new TextEncoder().encode(text))
        if (!secure) push(greeting)
      },
    })
    const writable = new WritableStream<Uint8Array>({
      write: (bytes) => {
        const text = new TextDecoder().decode(bytes)
        said.push({ text, tls: secure })
        const [, reply] =
          Object.entries(script)
            .filter(([start]) => text.startsWith(start))
            .toSorted(([left], [right]) => right.length - left.length)[0] ?? []
        if (reply !== undefined) push(reply)
      },
    })
    return {
      ...{ readable, writable, opened: Promise.resolve(), close: () => Promise.resolve() },
      startTls: () => {
        secure = true
        return open()
      },
    }
  }
  const openSocket: OpenSocket = (_, { secureTransport }) => {
    secure = secureTransport === 'on'
    if (!secure) return open()
    secure = false
    const socket = open()
    secure = true
    return socket
  }
  return { openSocket, said, text: () => said.map(({ text }) => text).join('') }
}

const settings: SmtpSettings = {
  ...{ kind: 'smtp', host: 'mail.test', port: 587, tls: 'starttls' },
  credentials: { username: 'user', password: 'pass' },
}
const send = (
  server: ReturnType<typeof serve>,
  changed: Partial<SmtpSettings> = {},
  mail: Partial<Email> = {},
) => createSmtpSender({ ...settings, ...changed }, server.openSocket, 'auth.test')({ ...email, ...mail })

describe('SMTP', () => {
  it('says hello, agrees on TLS, says hello again, and everything else afterwards', async () => {
    const server = serve()
    expect(await send(server)).toEqual({ outcome: 'sent' })
    expect(server.said.filter(({ tls }) => !tls).map(({ text }) => text)).toEqual([
      'EHLO auth.test\r\n',
      'STARTTLS\r\n',
    ])
    expect(server.text()).toContain(
      'AUTH PLAIN AHVzZXIAcGFzcw==\r\nMAIL FROM:<login@auth.test>\r\nRCPT TO:<ada@example.com>',
    )
    expect(server.text()).toMatch(/\r\n\.\r\nQUIT\r\n$/)
  })

  it('asks for STARTTLS although the server does not offer it: the offer may have been taken out on the way', async () => {
    const server = serve({ replies: { STARTTLS: '502 no\r\n' } })
    expect(await send(server)).toMatchObject({ outcome: 'failed', reason: 'smtp_no_tls' })
    expect(server.text()).toBe('EHLO auth.test\r\nSTARTTLS\r\nQUIT\r\n')
  })

  it('stops when something was said behind the agreement, before TLS (CVE-2021-38371)', async () => {
    const server = serve({ replies: { STARTTLS: '220 go on\r\n250-mail.test\r\n250 AUTH PLAIN\r\n' } })
    expect(await send(server)).toMatchObject({ outcome: 'failed', reason: 'smtp_protocol' })
    expect(server.text()).not.toContain('AUTH')
  })

  it.each([
    ['no SMTP', 'HTTP/1.1 400 Bad Request\r\n'],
    ['a reply without end', `220-${'x'.repeat(70_000)}`],
    ['a server that is not ready', '421 later\r\n'],
  ])('%s is a failure to repeat', async (_, greeting) => {
    expect(await send(serve({ greeting }))).toMatchObject({ outcome: 'failed' })
  })

  it.each([
    ['MAIL FROM', '550 not yours\r\n', 'failed'],
    ['RCPT TO', '550 unknown\r\n', 'refused'],
    ['RCPT TO', '452 full\r\n', 'failed'],
    ['RCPT TO', '530 sign in first\r\n', 'failed'],
    ['AUTH', '535 wrong\r\n', 'failed'],
    ['DATA', '554 no\r\n', 'refused'],
    ['Date', '451 later\r\n', 'failed'],
    ['Date', '552 too large\r\n', 'refused'],
  ])('%s answered by %j: %s', async (command, reply, outcome) => {
    expect(await send(serve({ replies: { [command]: reply } }))).toMatchObject({ outcome })
  })

  it('uses AUTH LOGIN where that is all there is, and sends no password to a server that knows neither', async () => {
    const login = serve({
      replies: {
        EHLO: '250-mail.test\r\n250 AUTH LOGIN\r\n',
        'AUTH LOGIN': '334 VXNlcm5hbWU6\r\n',
        dXNlcg: '334 UGFzc3dvcmQ6\r\n',
        cGFzcw: '235 welcome\r\n',
      },
    })
    expect(await send(login)).toEqual({ outcome: 'sent' })
    const none = serve({ replies: { EHLO: '250 mail.test\r\n' } })
    expect(await send(none)).toMatchObject({ outcome: 'failed', reason: 'smtp_no_auth' })
    expect(none.text()).not.toContain('AUTH')
  })

  it('writes domains in ASCII, and names in other letters only to servers that know them (RFC 6531)', async () => {
    const server = serve()
    await send(server, {}, { to: 'ada@bücher.example' })
    expect(server.text()).toContain('RCPT TO:<ada@xn--bcher-kva.example>')
    const knowing = serve()
    await send(knowing, {}, { to: 'jürgen@example.com' })
    expect(knowing.text()).toContain('MAIL FROM:<login@auth.test> SMTPUTF8')
    const unknowing = serve({ replies: { EHLO: '250-mail.test\r\n250 AUTH PLAIN\r\n' } })
    expect(await send(unknowing, {}, { to: 'jürgen@example.com' })).toEqual({
      outcome: 'refused',
      reason: 'smtp_no_utf8',
    })
  })

  it('a value with a line break is no command, even if it got here', async () => {
    const server = serve()
    expect(await send(server, {}, { to: 'ada@example.com>\r\nRCPT TO:<eve@example.com' })).toMatchObject({
      outcome: 'failed',
    })
    expect(server.text()).not.toContain('eve')
  })
})
