/** A network between browsers and an Authly: it sees every request, and does to token requests what it is told to. */
import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** What happens to a token request. */
export type Fate =
  | 'arrives'
  /** The server never hears of it. */
  | 'lost'
  /** The server has done what it was asked, and nobody hears of that. */
  | 'answer lost'
  /** The connection breaks in the middle of the answer. */
  | 'answer cut'
  | 'late'
  /** Something on the way answers 503. */
  | 'unavailable'
  /** The same, after the server has done what it was asked. */
  | 'gateway timeout'

export interface TokenRequest {
  readonly grantType: string | null
  /** Of the server's answer; undefined: it was not asked. */
  status: number | undefined
  /** `error` of the answer. */
  error: unknown
}

export interface FlakyNetwork {
  /** Where browsers find the server. */
  readonly address: string
  /** Port of the server behind it. */
  readonly port: number
  /** Every address that was asked for, with its method. */
  readonly addresses: string[]
  readonly tokenRequests: TokenRequest[]
  /** Most refreshes that were on their way at one moment. */
  readonly mostAtOnce: number
  /** Decides about the refreshes that follow. */
  decide(fate: (index: number) => Fate): void
  close(): Promise<void>
}

/** @param port of the server */
export async function startFlakyNetwork(port: number): Promise<FlakyNetwork> {
  const addresses: string[] = []
  const tokenRequests: TokenRequest[] = []
  let decide: (index: number) => Fate = () => 'arrives'
  let refreshes = 0
  let atOnce = 0
  let mostAtOnce = 0

  const server = createServer((incoming, outgoing) => {
    addresses.push(`${incoming.method} ${incoming.url}`)
    const isToken = incoming.method === 'POST' && incoming.url === '/oauth/token'
    // Who gives up takes the connection along.
    const handled = isToken ? handleToken(incoming, outgoing) : pass(incoming, outgoing)
    handled.catch(() => outgoing.destroy())
  })

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const answer = await ask(port, incoming, await buffer(incoming))
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(outgoing)
  }

  async function handleToken(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await buffer(incoming)
    const grantType = new URLSearchParams(body.toString()).get('grant_type')
    const isRefresh = grantType === 'refresh_token'
    const seen: TokenRequest = { grantType, status: undefined, error: undefined }
    tokenRequests.push(seen)
    if (!isRefresh) return answerToken('arrives', seen, incoming, body, outgoing)
    atOnce += 1
    mostAtOnce = Math.max(mostAtOnce, atOnce)
    try {
      await answerToken(decide(refreshes++), seen, incoming, body, outgoing)
    } finally {
      atOnce -= 1
    }
  }

  async function answerToken(
    fate: Fate,
    seen: TokenRequest,
    incoming: IncomingMessage,
    body: Buffer,
    outgoing: ServerResponse,
  ): Promise<void> {
    if (fate === 'lost') return void outgoing.destroy()
    if (fate === 'unavailable') return void unavailable(outgoing)
    if (fate === 'late') await new Promise((passed) => setTimeout(passed, 1_000))
    const answer = await ask(port, incoming, body)
    const content = await buffer(answer)
    seen.status = answer.statusCode
    seen.error = (JSON.parse(content.toString()) as { error?: unknown }).error
    if (fate === 'answer lost') return void outgoing.destroy()
    if (fate === 'gateway timeout') return void unavailable(outgoing)
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
    if (fate !== 'answer cut') return void outgoing.end(content)
    await new Promise((written) => outgoing.write(content.subarray(0, content.length / 2), written))
    outgoing.destroy()
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const own = (server.address() as AddressInfo).port
  return {
    address: `http://localhost:${own}`,
    port,
    addresses,
    tokenRequests,
    get mostAtOnce() {
      return mostAtOnce
    },
    decide(fate) {
      refreshes = 0
      decide = fate
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const unavailable = (outgoing: ServerResponse) =>
  outgoing.writeHead(503, { 'access-control-allow-origin': '*' }).end()

const ask = (port: number, { method, url, headers }: IncomingMessage, body: Buffer) =>
  new Promise<IncomingMessage>((resolve, reject) => {
    const outgoing = send({ host: '127.0.0.1', port, method, path: url, headers }, resolve)
    outgoing.on('error', reject)
    outgoing.end(body)
  })
