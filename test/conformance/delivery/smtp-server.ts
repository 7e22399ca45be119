/**
 * A real SMTP server, `smtp-server` of Nodemailer, on loopback with TLS: what it took, and what was said to it before TLS.
 */
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import type { LocalCertificate } from '../../../scripts/security/local-certificate.ts'

export interface TakenMail {
  readonly from: string
  readonly to: readonly string[]
  readonly user: string | undefined
  readonly isSecure: boolean
  readonly raw: string
  readonly parsed: Email
}

export type MailServer = {
  readonly port: number
  readonly mails: readonly TakenMail[]
  /** Of sign-ins that were tried, also wrong ones. */
  readonly signIns: readonly { readonly method: string; readonly isSecure: boolean }[]
  /** How many connections there were. */
  connections(): number
  /** Ends it; `start` begins again on the same port. */
  stop(): Promise<void>
  start(): Promise<void>
}

export const mailAccount = { username: 'authly', password: 'smtp-pässword' }

/** @param options of `smtp-server`, in place of what is set here */
export async function startMailServer(
  { key, certificate }: LocalCertificate,
  options: SMTPServerOptions & { readonly refuseRecipient?: (address: string) => number | undefined } = {},
): Promise<MailServer> {
  const mails: TakenMail[] = []
  const signIns: { method: string; isSecure: boolean }[] = []
  let connected = 0
  let port = 0
  let server: SMTPServer | undefined
  const { refuseRecipient, ...own } = options

  const start = async () => {
    const made = new SMTPServer({
      ...{ key, cert: certificate, authMethods: ['PLAIN', 'LOGIN'], disableReverseLookup: true },
      onConnect: (_, done) => {
        connected++
        done()
      },
      onAuth: ({ method, username, password }, { secure }, done) => {
        signIns.push({ method, isSecure: secure })
        const isRight = username === mailAccount.username && password === mailAccount.password
        if (isRight) done(null, { user: username })
        else done(new Error('wrong'))
      },
      onRcptTo: ({ address }, _, done) => {
        const responseCode = refuseRecipient?.(address)
        if (responseCode === undefined) done()
        else done(Object.assign(new Error('no such mailbox'), { responseCode }))
      },
      onData: async (stream, session, done) => {
        const chunks: Buffer[] = []
        for await (const chunk of stream) chunks.push(chunk as Buffer)
        const raw = Buffer.concat(chunks).toString('latin1')
        const { mailFrom, rcptTo } = session.envelope
        mails.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          user: session.user as string | undefined,
          isSecure: session.secure,
          raw,
          parsed: await PostalMime.parse(raw),
        })
        done()
      },
      ...own,
    })
    // A client that goes away in the handshake is what some tests want.
    made.on('error', () => undefined)
    await new Promise<void>((resolve) => made.listen(port, '127.0.0.1', resolve))
    port = (made.server.address() as { port: number }).port
    server = made
  }
  await start()
  return {
    ...{ mails, signIns, start, connections: () => connected },
    get port() {
      return port
    },
    stop: () => new Promise((resolve) => server?.close(() => resolve())),
  }
}
