/** For tests of clients that register themselves. */
import { expect } from 'vitest'
import { fetchFrom } from '../contracts/worker-client.ts'

const issuer = 'https://auth.test'
let addresses = 0

/** A network of one's own, so that no test spends another's permits. */
export const newAddress = (): string =>
  `2001:db8:${(++addresses).toString(16)}:${Math.floor(Math.random() * 65_536).toString(16)}::1`

export interface Call {
  readonly method?: string
  readonly token?: string
  readonly body?: unknown
  readonly address?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly bindings?: Env
}

export async function callRegistration(
  path: string,
  { method = 'POST', ...call }: Call = {},
): Promise<Response> {
  const headers = new Headers({ 'cf-connecting-ip': call.address ?? newAddress(), ...call.headers })
  if (call.token !== undefined) headers.set('authorization', `Bearer ${call.token}`)
  if (call.body !== undefined && !headers.has('content-type')) headers.set('content-type', 'application/json')
  const body =
    typeof call.body === 'string' ? call.body : call.body === undefined ? null : JSON.stringify(call.body)
  return fetchFrom(issuer + path, { method, headers, body }, call.bindings)
}

export const register = (body: unknown, call: Omit<Call, 'body'> = {}): Promise<Response> =>
  callRegistration('/oauth/register', { ...call, body })

/** The answer as JSON, of the expected status. */
export async function json(response: Promise<Response>, status = 200): Promise<Record<string, unknown>> {
  const { status: given, ...rest } = await response.then(async (answer) => ({
    status: answer.status,
    text: await answer.text(),
  }))
  expect([given, given === status ? '' : rest.text]).toEqual([status, ''])
  return rest.text === '' ? {} : (JSON.parse(rest.text) as Record<string, unknown>)
}

export const web = { client_name: 'Shop', redirect_uris: ['https://shop.example/callback'] } as const
