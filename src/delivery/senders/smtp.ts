/**
 * E-mail by SMTP submission (RFC 6409), always in TLS (RFC 8314): messages hold links and codes that open accounts, so
 * there is no other mode. SMTP knows no idempotency key: should the reply to the last line get lost, the message is sent
 * twice, with the same Message-ID.
 */
import { toBase64 } from '../../kit/base64.ts'
import { withTimeout } from '../../kit/with-timeout.ts'
import type { SmtpSettings } from '../delivery-settings.ts'
import type { Email } from '../email.ts'
import { failed, refused, type SendOutcome } from '../message.ts'
import { composeMime } from '../mime.ts'
import { type EmailSender, providerTimeoutMs } from './sender.ts'
import { type OpenSocket, SmtpConnection, SmtpProtocolError, type SmtpReply } from './smtp-connection.ts'

/** @param helloName what we call ourselves: the host of the issuer */
export const createSmtpSender =
  (settings: SmtpSettings, openSocket: OpenSocket, helloName: string): EmailSender =>
  async (email) => {
    let connection: SmtpConnection | undefined
    const talk = async (): Promise<SendOutcome> => {
      const socket = openSocket(
        { hostname: settings.host, port: settings.port },
        { secureTransport: settings.tls === 'implicit' ? 'on' : 'starttls', allowHalfOpen: false },
      )
      connection = new SmtpConnection(socket)
      await socket.opened
      const outcome = await converse(connection, settings, helloName, email)
      await connection.quit()
      return outcome
    }
    try {
      return await withTimeout(talk(), providerTimeoutMs, 'SMTP')
    } catch (error) {
      await connection?.close()
      if (error instanceof SmtpProtocolError) return failed('smtp_protocol')
      return failed((error as Error).name === 'TimeoutError' ? 'timeout' : 'unreachable')
    }
  }

async function converse(
  connection: SmtpConnection,
  { tls, credentials }: SmtpSettings,
  helloName: string,
  email: Email,
): Promise<SendOutcome> {
  const greeting = await connection.reply()
  if (!isPositive(greeting)) return failed(reasonOf(greeting))
  let hello = await connection.command(`EHLO ${helloName}`)
  if (!isPositive(hello)) return failed(reasonOf(hello))
  if (tls === 'starttls') {
    // Attack: who sits between hides the offer, so that all is said in the clear. Asked for whether it is offered or not.
    const agreed = await connection.command('STARTTLS')
    if (agreed.code !== 220) return failed('smtp_no_tls')
    await connection.startTls()
    hello = await connection.command(`EHLO ${helloName}`)
    if (!isPositive(hello)) return failed(reasonOf(hello))
  }
  if (credentials !== undefined) {
    const signedIn = await authenticate(connection, hello, credentials)
    if (signedIn === undefined) return failed('smtp_no_auth')
    if (!isPositive(signedIn)) return failed(reasonOf(signedIn))
  }
  return submit(connection, hello, email)
}

/** The parameters of an extension the server offers, `[]` if it has none; `undefined` without the extension. */
function offered({ lines }: SmtpReply, extension: string): readonly string[] | undefined {
  // The first line is the server's name.
  const words = lines.slice(1).map((line) => line.toUpperCase().split(' '))
  return words.find(([name]) => name === extension)?.slice(1)
}

/** RFC 4954. `undefined`: the server offers no mechanism that we have. */
async function authenticate(
  connection: SmtpConnection,
  hello: SmtpReply,
  { username, password }: NonNullable<SmtpSettings['credentials']>,
): Promise<SmtpReply | undefined> {
  const mechanisms = offered(hello, 'AUTH') ?? []
  if (mechanisms.includes('PLAIN')) {
    return connection.command(`AUTH PLAIN ${base64(`\0${username}\0${password}`)}`)
  }
  if (!mechanisms.includes('LOGIN')) return undefined
  for (const line of ['AUTH LOGIN', base64(username)]) {
    const reply = await connection.command(line)
    if (reply.code !== 334) return reply
  }
  return connection.command(base64(password))
}

const base64 = (text: string): string => toBase64(new TextEncoder().encode(text))

async function submit(connection: SmtpConnection, hello: SmtpReply, email: Email): Promise<SendOutcome> {
  const to = toEnvelope(email.to)
  const isInternational = /[^\x20-\x7e]/.test(to)
  // RFC 6531: a name in other letters than ASCII needs a server that knows them.
  if (isInternational && offered(hello, 'SMTPUTF8') === undefined) return refused('smtp_no_utf8')
  const from = await connection.command(
    `MAIL FROM:<${email.from.address}>${isInternational ? ' SMTPUTF8' : ''}`,
  )
  // The sender is of our configuration, whatever the code: no fault of the message.
  if (!isPositive(from)) return failed(reasonOf(from))
  const recipient = await connection.command(`RCPT TO:<${to}>`)
  if (!isPositive(recipient)) return judge(recipient)
  const ready = await connection.command('DATA')
  if (ready.code !== 354) return judge(ready)
  const mime = composeMime({ ...email, to }, new Date())
  // RFC 5321 §4.5.2. Attack: a line with a dot alone ends the message, and the rest is commands.
  const accepted = await connection.send(`${mime.replace(/^\./gm, '..')}.\r\n`)
  return isPositive(accepted) ? { outcome: 'sent' } : judge(accepted)
}

/** RFC 5321 §4.2.1: 4yz may succeed later, 5yz will not; but 530 says that we should have signed in (RFC 4954 §6). */
const judge = (reply: SmtpReply): SendOutcome =>
  reply.code >= 500 && reply.code !== 530 ? refused(reasonOf(reply)) : failed(reasonOf(reply))

const isPositive = ({ code }: SmtpReply): boolean => code >= 200 && code < 300
const reasonOf = ({ code }: SmtpReply): string => `smtp_${code}`

/** The domain in ASCII (RFC 5890): every server understands it. */
function toEnvelope(address: string): string {
  const at = address.lastIndexOf('@')
  const domain = URL.parse(`https://${address.slice(at + 1)}`)?.hostname
  return domain === undefined ? address : `${address.slice(0, at)}@${domain}`
}
