/** The player of flows sends what follows from an answer, and counts whole flows. */
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, expect, test } from 'vitest'
import { runConstantRate } from '../../bench/load/constant-rate.ts'
import { runFlows } from '../../bench/load/flows.ts'
import type { FlowPlan } from '../../bench/target.ts'
import { fapiFlows, pushedFlows } from '../../bench/targets/pushed-flows.ts'

let stop: () => void = () => undefined
afterEach(() => stop())

interface Answer {
  readonly status: number
  readonly location?: string
  readonly body?: object
}
type Step = 'par' | 'authorize' | 'token'
/** No answer: the connection is closed instead. */
type Spoil = (step: Step, index: number) => Answer | 'close' | undefined

/** An authorization server as far as flows need one: what it issued counts once. */
class Server {
  readonly #live = new Set<string>()
  readonly #spoil: Spoil
  readonly asked: Record<Step, number> = { par: 0, authorize: 0, token: 0 }
  readonly cookies: (string | undefined)[] = []
  port = 0

  constructor(spoil: Spoil = () => undefined) {
    this.#spoil = spoil
  }

  async start(): Promise<this> {
    const server = createServer(async (request, response) => {
      const answered = await this.#answer(request)
      if (answered === 'close') return request.socket.destroy()
      const { status, location, body } = answered
      const sent = body === undefined ? '' : JSON.stringify(body)
      const headers = { 'content-length': sent.length, ...(location === undefined ? {} : { location }) }
      response.writeHead(status, headers).end(sent)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    stop = () => {
      server.closeAllConnections()
      server.close()
    }
    this.port = (server.address() as AddressInfo).port
    return this
  }

  async #answer(request: IncomingMessage): Promise<Answer | 'close'> {
    const url = new URL(request.url ?? '', 'http://localhost')
    const form = new URLSearchParams(await text(request))
    const step = url.pathname.slice(1) as Step
    const index = this.asked[step]
    this.asked[step] += 1
    const spoiled = this.#spoil(step, index)
    if (spoiled) return spoiled
    if (step === 'par') return { status: 201, body: { request_uri: this.#issue(`urn:a&b:${index}`) } }
    const isSpent = this.#live.delete((step === 'token' ? form : url.searchParams).get(brings[step]) ?? '')
    if (!isSpent) return { status: 400, body: { error: `unknown ${brings[step]}` } }
    if (step === 'token') return { status: 200, body: { token_type: 'DPoP' } }
    this.cookies.push(request.headers.cookie)
    const code = encodeURIComponent(this.#issue(`c+d/e=${index}`))
    return { status: 303, location: `https://app.example/callback?code=${code}&state=x` }
  }

  #issue(value: string): string {
    this.#live.add(value)
    return value
  }
}

/** What each step is asked with. */
const brings = { par: '', authorize: 'request_uri', token: 'code' }

const server = ({ port }: Server) => ({
  ...{ port, issuer: 'https://auth.example', redirectUri: 'https://app.example/callback' },
  paths: { par: '/par', authorize: '/authorize', token: '/token' },
  cookies: ['session=one', 'session=two'],
})
const client = { clientId: 'app', secret: 'secret', scope: 'openid' }
const fapi = (of: Server, wanted: number): FlowPlan => fapiFlows(server(of), client, wanted)
const pushed = (of: Server, wanted: number): FlowPlan => pushedFlows(server(of), client, wanted)

test('sends each request with what the answers before it brought, each flow once', async () => {
  const target = await new Server().start()
  const result = await runFlows(fapi(target, 20), { seconds: 30, connections: 3 })
  expect(result).toMatchObject({ requests: 20, failures: 0 })
  expect(target.asked).toEqual({ par: 20, authorize: 20, token: 20 })
  expect(target.cookies.filter((cookie) => cookie === 'session=two')).toHaveLength(10)
  expect(result.p99Ms).toBeGreaterThanOrEqual(result.p50Ms)
})

test('plays flows to their end that have begun when the time is up', async () => {
  const target = await new Server().start()
  const result = await runFlows(pushed(target, 100_000), { seconds: 0.2, connections: 4 })
  expect(result.requests).toBeGreaterThan(0)
  expect(result.requests).toBeLessThan(100_000)
  expect(result.failures).toBe(0)
  expect(target.asked).toMatchObject({ par: result.requests, authorize: result.requests })
})

test('ends a flow at the first answer that is not as expected, and counts it as failed', async () => {
  const target = await new Server((step, index) =>
    step === 'authorize' && index === 2
      ? { status: 303, location: 'https://app.example/callback?error=access_denied' }
      : undefined,
  ).start()
  const result = await runFlows(fapi(target, 10), { seconds: 30, connections: 1 })
  expect(result).toMatchObject({ requests: 10, failures: 1 })
  expect(result.failureSample).toBe('step 2: 303 https://app.example/callback?error=access_denied ')
  expect(target.asked).toEqual({ par: 10, authorize: 10, token: 9 })
})

test('an answer that brings nothing is a failure', async () => {
  const target = await new Server((step) =>
    step === 'par' ? { status: 201, body: { expires_in: 300 } } : undefined,
  ).start()
  const result = await runFlows(pushed(target, 2), { seconds: 30, connections: 1 })
  expect(result).toMatchObject({ requests: 2, failures: 2, failureSample: 'step 1: 201  {"expires_in":300}' })
  expect(target.asked.authorize).toBe(0)
})

test('counts a flow as failed whose connection closes, and goes on with another connection', async () => {
  const target = await new Server((step, index) =>
    step === 'par' && index === 1 ? 'close' : undefined,
  ).start()
  const result = await runFlows(pushed(target, 6), { seconds: 30, connections: 1 })
  expect(result).toMatchObject({ requests: 6, failures: 1, failureSample: 'step 1: connection lost' })
})

test('fails when nothing listens', async () => {
  const target = await new Server().start()
  stop()
  await expect(runFlows(pushed(target, 1), { seconds: 1, connections: 2 })).rejects.toThrow('ECONNREFUSED')
})

test('no constant rate is played of flows: each may be played once', async () => {
  const rate = { seconds: 1, connections: 1, requestsPerSecond: 1 }
  await expect(runConstantRate(pushed(new Server(), 1), rate)).rejects.toThrow('can be repeated')
})
