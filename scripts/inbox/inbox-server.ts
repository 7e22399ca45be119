/**
 * The local inbox: where the messages of a development server arrive instead of with people. It stands in for the APIs of
 * Resend and Twilio, so that the worker needs no code for it, and shows what it got. In the process of the start script
 * alone, on loopback.
 *
 * Attacks: a web page that the developer visits reads links and codes here, or fills the inbox. So everything asks for a
 * password, the pages in their path and the APIs in a header, besides what `startLoopbackServer` refuses; and a message,
 * which may hold anything, runs no script and loads nothing.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isPortFree } from '../process/free-port.ts'
import {
  isSameSecret,
  loopbackHeaders,
  readText,
  refuse,
  sendJson,
  startLoopbackServer,
} from '../process/loopback-server.ts'
import { listPage, messageHtml, messagePage } from './inbox-page.ts'
import {
  codesOf,
  linksOf,
  newSid,
  type ReceivedMessage,
  readResendEmail,
  readTwilioMessage,
} from './received-message.ts'

export type Inbox = {
  /** Of its page, with the password. */
  readonly url: string
  /** What makes a worker send to it. */
  readonly vars: Readonly<Record<string, string>>
  stop(): Promise<void>
}

const maxMessages = 200
/** What a test looks for. */
const forPrograms = ({ html: _, ...message }: ReceivedMessage) => ({
  ...message,
  links: linksOf(message),
  codes: codesOf(message),
})

/** 0 if there is none. */
async function freePortOf(url: string | undefined): Promise<number> {
  const port = url !== undefined && URL.canParse(url) ? Number(new URL(url).port) : 0
  return port > 0 && (await isPortFree(port)) ? port : 0
}

/**
 * Listens on the port of last time if it is free, so that a `wrangler dev` left running and a page left open find it.
 * @param issuer whose pictures messages show
 * @param before `vars` of last time
 */
export async function startInbox(issuer: string, before: Inbox['vars'] = {}): Promise<Inbox> {
  const lastKey = before['AUTHLY_RESEND_API_KEY'] ?? ''
  const key = /^[\w-]{43}$/.test(lastKey) ? lastKey : randomBytes(32).toString('base64url')
  const account = {
    sid: `AC${randomBytes(16).toString('hex')}`,
    token: randomBytes(32).toString('base64url'),
  }
  const messages: ReceivedMessage[] = []
  /** Messages by the idempotency key they came with. */
  const known = new Map<string, string>()

  const keep = (id: string, message: Omit<ReceivedMessage, 'id' | 'at'>) => {
    messages.push({ ...message, id, at: new Date() })
    if (messages.length > maxMessages) messages.shift()
  }

  const sendPage = (response: ServerResponse, policy: string, html: string) =>
    response
      .writeHead(200, {
        ...loopbackHeaders,
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': policy,
      })
      .end(html)

  const takeEmail = async (request: IncomingMessage, response: ServerResponse) => {
    if (!isSameSecret(request.headers.authorization ?? '', `Bearer ${key}`)) return refuse(response, 401)
    const email = readResendEmail((await readText(request)) ?? '')
    if (email === undefined) return refuse(response, 422)
    const idempotencyKey = String(request.headers['idempotency-key'] ?? randomUUID())
    const before = known.get(idempotencyKey)
    const id = before ?? randomUUID()
    if (before === undefined) keep(id, email)
    known.set(idempotencyKey, id)
    return sendJson(response, 200, { id })
  }

  const takeSms = async (request: IncomingMessage, response: ServerResponse) => {
    const basic = Buffer.from(`${account.sid}:${account.token}`).toString('base64')
    if (!isSameSecret(request.headers.authorization ?? '', `Basic ${basic}`)) return refuse(response, 401)
    const sms = readTwilioMessage((await readText(request)) ?? '')
    if (sms === undefined) return refuse(response, 400)
    const sid = newSid()
    keep(sid, sms)
    return sendJson(response, 201, { sid, status: 'queued' })
  }

  const show = (path: string, response: ServerResponse) => {
    const [, given = '', id = '', part, ...rest] = path.split('/')
    if (!isSameSecret(given, key) || rest.length > 0) return refuse(response, 404)
    const base = `/${key}/`
    const nonce = randomBytes(16).toString('base64')
    const own = `default-src 'none'; style-src 'nonce-${nonce}'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`
    if (id === '') return sendPage(response, own, listPage(messages, base, nonce))
    if (id === 'messages.json' && part === undefined)
      return sendJson(response, 200, messages.map(forPrograms))
    const message = messages.find((each) => each.id === id)
    if (message === undefined) return refuse(response, 404)
    if (part === undefined) return sendPage(response, own, messagePage(message, base, nonce))
    if (part !== 'html' || message.html === undefined) return refuse(response, 404)
    const sandboxed = `sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src ${issuer}; frame-ancestors 'self'; form-action 'none'`
    return sendPage(response, sandboxed, messageHtml(message))
  }

  const serve = (request: IncomingMessage, response: ServerResponse, path: string) => {
    if (request.method === 'POST') {
      if (path === '/api/emails') return takeEmail(request, response).catch(() => refuse(response, 400))
      if (path === `/api/2010-04-01/Accounts/${account.sid}/Messages.json`) {
        return takeSms(request, response).catch(() => refuse(response, 400))
      }
      return refuse(response, 404)
    }
    return request.method === 'GET' ? show(path, response) : refuse(response, 405)
  }
  const server = await startLoopbackServer(serve, await freePortOf(before['AUTHLY_MESSAGE_PROVIDER_URL']))
  const base = server.url
  return {
    url: `${base}${key}/`,
    vars: {
      AUTHLY_EMAIL_PROVIDER: 'resend',
      AUTHLY_EMAIL_FROM: 'login@authly.test',
      AUTHLY_RESEND_API_KEY: key,
      AUTHLY_SMS_PROVIDER: 'twilio',
      AUTHLY_SMS_FROM: 'Authly',
      AUTHLY_TWILIO_ACCOUNT_SID: account.sid,
      AUTHLY_TWILIO_AUTH_TOKEN: account.token,
      AUTHLY_MESSAGE_PROVIDER_URL: `${base}api/`,
    },
    stop: server.stop,
  }
}
