/**
 * Stand-ins on loopback for two APIs, written from their documentation:
 * - Resend: https://resend.com/docs/api-reference/emails/send-email, errors by
 *   https://resend.com/docs/api-reference/errors, idempotency by
 *   https://resend.com/docs/dashboard/emails/idempotency-keys (a key answers again what it answered first; with another
 *   content 409 `invalid_idempotent_request`);
 * - Twilio: https://www.twilio.com/docs/messaging/api/message-resource (form-encoded, Basic authentication, 201 with a
 *   `sid`; errors by https://www.twilio.com/docs/api/errors).
 *
 * `<url>/<label>/` is the base address of both; `POST <url>/set/<label>/<behaviour>` changes how it behaves,
 * `<url>/seen/<label>` tells what it has taken.
 */
import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ProviderBehaviour, TakenMessage } from '../fakes/message-providers.ts'

interface Account {
  behaviour: ProviderBehaviour
  requests: number
  readonly taken: TakenMessage[]
  /** By idempotency key. */
  readonly answers: Map<string, { readonly body: string; readonly id: string }>
}

export const resendKey = 're_test_0123456789'
export const twilioAccount = { sid: `AC${'0'.repeat(32)}`, token: 'twilio-test-token' }

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

const json = (response: ServerResponse, status: number, body: object, headers = {}): unknown =>
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))

const resendError = (
  response: ServerResponse,
  statusCode: number,
  name: string,
  message: string,
  headers = {},
) => json(response, statusCode, { statusCode, name, message }, headers)

const twilioError = (response: ServerResponse, status: number, code: number, message: string, headers = {}) =>
  json(
    response,
    status,
    { code, message, status, more_info: `https://www.twilio.com/docs/errors/${code}` },
    headers,
  )

function takeEmail(
  account: Account,
  request: IncomingMessage,
  text: string,
  response: ServerResponse,
): unknown {
  const { headers } = request
  if (headers.authorization !== `Bearer ${resendKey}` || account.behaviour === 'unauthorized') {
    return resendError(response, 401, 'validation_error', 'API key is invalid')
  }
  if (account.behaviour === 'limited') {
    return resendError(response, 429, 'rate_limit_exceeded', 'Too many requests', { 'retry-after': '300' })
  }
  const body = JSON.parse(text) as Record<string, unknown>
  if (account.behaviour === 'refuses') {
    return resendError(response, 422, 'validation_error', 'Invalid `to` field.')
  }
  const key = String(headers['idempotency-key'])
  const known = account.answers.get(key)
  if (known && known.body !== text) {
    return resendError(response, 409, 'invalid_idempotent_request', 'Same key, another content')
  }
  const id = known?.id ?? crypto.randomUUID()
  if (!known) {
    account.answers.set(key, { body: text, id })
    account.taken.push({ api: 'resend', id, headers, body })
  }
  if (account.behaviour === 'loses_answers') return response.destroy()
  return json(response, 200, { id })
}

function takeSms(
  account: Account,
  request: IncomingMessage,
  text: string,
  response: ServerResponse,
): unknown {
  const { headers, url } = request
  const basic = `Basic ${Buffer.from(`${twilioAccount.sid}:${twilioAccount.token}`).toString('base64')}`
  if (headers.authorization !== basic || !url?.includes(twilioAccount.sid)) {
    return twilioError(response, 401, 20003, 'Authenticate')
  }
  if (account.behaviour === 'limited') {
    return twilioError(response, 429, 20429, 'Too many requests', { 'retry-after': '300' })
  }
  const body = Object.fromEntries(new URLSearchParams(text))
  if (account.behaviour === 'refuses') {
    return twilioError(response, 400, 21211, `The 'To' number ${body['To']} is not a valid phone number.`)
  }
  const sid = `SM${randomBytes(16).toString('hex')}`
  account.taken.push({ api: 'twilio', id: sid, headers, body })
  if (account.behaviour === 'loses_answers') return response.destroy()
  return json(response, 201, { sid, status: 'queued', error_code: null })
}

/** Listens on a port of its own. */
export async function startMessageProvidersServer(): Promise<{ url: string; stop: () => Promise<void> }> {
  const accounts = new Map<string, Account>()
  const accountOf = (label: string): Account => {
    const known = accounts.get(label)
    if (known) return known
    const account: Account = { behaviour: 'up', requests: 0, taken: [], answers: new Map() }
    accounts.set(label, account)
    return account
  }
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<unknown> => {
    const [first = '', second = '', third = ''] = (request.url ?? '').slice(1).split('/')
    if (first === 'seen') {
      const { taken, requests } = accountOf(second)
      return json(response, 200, { taken, requests })
    }
    const text = await textOf(request)
    if (first === 'set') {
      accountOf(second).behaviour = third as ProviderBehaviour
      return response.end()
    }
    const account = accountOf(first)
    account.requests++
    if (account.behaviour === 'down') return response.writeHead(503).end('<h1>Service Unavailable</h1>')
    if (account.behaviour === 'redirect') {
      return response.writeHead(307, { location: '/elsewhere/emails' }).end()
    }
    if (request.method !== 'POST') return response.writeHead(405).end()
    if (second === 'emails') return takeEmail(account, request, text, response)
    if (second === '2010-04-01') return takeSms(account, request, text, response)
    return response.writeHead(404).end()
  }
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
