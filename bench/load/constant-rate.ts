/**
 * Load at a constant rate over a bounded number of connections. A request that is due while every connection is busy
 * waits, and its wait counts: latency runs from the moment a request was due, so that a stall of the server is seen by
 * all whom it would have kept waiting, and not only by those it happened to hold (coordinated omission).
 */
import { connect, type Socket } from 'node:net'
import { percentile } from '../median.ts'
import type { HttpRequest, LoadResult, RequestPlan } from '../target.ts'
import { type HttpResponse, ResponseReader } from './response-reader.ts'

export interface RateOptions {
  readonly seconds: number
  readonly connections: number
  readonly requestsPerSecond: number
}

interface Connection {
  readonly socket: Socket
  readonly reader: ResponseReader
  /** When the request that it is busy with was due. */
  dueAt: number
}

const tickMs = 1

/** Plays `plan`; failing responses are counted. @throws when a connection is lost */
export async function runConstantRate(plan: RequestPlan, options: RateOptions): Promise<LoadResult> {
  const { seconds, connections, requestsPerSecond } = options
  const total = Math.floor(seconds * requestsPerSecond)
  const source = requestSource(plan)
  const latencies: number[] = []
  const free: Connection[] = []
  let failures = 0
  let failureSample: string | undefined
  let sent = 0
  const all = await Promise.all(Array.from({ length: connections }, () => open(plan.port)))
  free.push(...all)
  const startedAt = performance.now()
  const dueAt = (index: number): number => startedAt + (index * 1_000) / requestsPerSecond

  await new Promise<void>((resolve, reject) => {
    const sendDue = (): void => {
      const now = performance.now()
      while (sent < total && dueAt(sent) <= now) {
        const connection = free.pop()
        if (!connection) return
        const request = source.next()
        if (request === undefined) {
          free.push(connection)
          return
        }
        connection.dueAt = dueAt(sent++)
        connection.socket.write(request)
      }
    }
    const timer = setInterval(sendDue, tickMs)
    const finish = (error?: Error): void => {
      clearInterval(timer)
      for (const { socket } of all) socket.destroy()
      if (error) reject(error)
      else resolve()
    }
    const receive = (connection: Connection, response: HttpResponse): void => {
      latencies.push(performance.now() - connection.dueAt)
      if (!source.accept(response)) {
        failures += 1
        failureSample ??= `${response.status} ${response.body.slice(0, 300)}`
      }
      free.push(connection)
      if (latencies.length === total) finish()
      else sendDue()
    }
    for (const connection of all) {
      connection.socket.on('data', (chunk: Buffer) => {
        const response = connection.reader.read(chunk)
        if (response) receive(connection, response)
      })
      connection.socket.on('error', finish)
      connection.socket.on('close', () => {
        if (latencies.length < total) finish(new Error('the server closed a connection'))
      })
    }
  })
  const sorted = latencies.sort((a, b) => a - b)
  return {
    requests: total,
    seconds: (performance.now() - startedAt) / 1_000,
    p50Ms: percentile(sorted, 0.5),
    p99Ms: percentile(sorted, 0.99),
    failures,
    ...(failureSample === undefined ? {} : { failureSample }),
    tokensLeft: source.tokensLeft(),
  }
}

async function open(port: number): Promise<Connection> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true })
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  return { socket, reader: new ResponseReader(), dueAt: 0 }
}

const encode = ({ method, path, headers, body = '' }: HttpRequest): string =>
  [
    `${method} ${path} HTTP/1.1`,
    'Host: localhost',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n')

/** The plan's requests as bytes, in order; `undefined` while a rotated token is on its way. */
function requestSource(plan: RequestPlan) {
  if (plan.kind === 'once') throw new Error('a constant rate needs requests that can be repeated')
  const { expect } = plan
  const fits = ({ status, body }: HttpResponse): boolean =>
    expect.status.includes(status) && body.includes(expect.bodyContains ?? '')
  if (plan.kind === 'rotate') {
    const requests = plan.requests.map(encode)
    let position = 0
    return {
      next: (): string | undefined => requests[position++ % requests.length],
      accept: fits,
      tokensLeft: (): string[] => [],
    }
  }
  const tokens = [...plan.tokens]
  let first = 0
  return {
    next: (): string | undefined => {
      const token = tokens[first]
      if (token === undefined) return undefined
      first += 1
      return encode({ ...plan.template, body: (plan.template.body ?? '').replace('{token}', token) })
    },
    accept: (response: HttpResponse): boolean => {
      const successor = /"refresh_token"\s*:\s*"([^"]+)"/.exec(response.body)?.[1]
      if (!fits(response) || successor === undefined) return false
      tokens.push(successor)
      return true
    },
    tokensLeft: () => tokens.slice(first),
  }
}
