/**
 * Requests to the admin API: token, signature, repetition. Every POST carries an `Idempotency-Key`, so repeating one
 * whose answer got lost acts once.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { JWK } from 'jose'
import type { Session } from '../auth/session.ts'
import { Failure } from '../failure.ts'
import { safeText } from '../output/safe-text.ts'
import type { Terminal } from '../terminal.ts'
import { failureOf, stepUpOf } from './problem-failure.ts'

export interface ApiRequest {
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** Text, or a way to open a stream (again, when the request is repeated). */
  readonly body?: string | Uint8Array<ArrayBuffer> | (() => ReadableStream<Uint8Array>)
  /** Ends the request; also while its body is read. */
  readonly signal?: AbortSignal | undefined
  /** Sent even after Ctrl-C: it ends what the command began. */
  readonly isLast?: boolean
}

export interface ApiClient {
  /** A success. Throws Failure for everything else. */
  send(request: ApiRequest): Promise<Response>
  /** The request as it would go out, the token left out. */
  preview(request: ApiRequest): RequestPreview
  readonly issuer: string
}

export interface RequestPreview {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

const maxAttempts = 5
const maxWaitSeconds = 30
/** Until the headers of the answer arrive. */
const timeoutMs = 60_000

export interface ApiClientOptions {
  readonly session: Session
  readonly signKey: JWK | undefined
  readonly terminal: Terminal
  /** Prints what goes on to stderr. */
  readonly verbose: boolean
}

export function createApiClient({ session, signKey, terminal, verbose }: ApiClientOptions): ApiClient {
  const urlOf = ({ path }: ApiRequest): URL => {
    const url = new URL(session.issuer + path)
    // `//evil.example/…` and the like: the token goes to the issuer alone.
    if (url.origin !== new URL(session.issuer).origin) throw new Failure('usage', `${path} is not a path.`)
    return url
  }
  const headersOf = (request: ApiRequest): Headers => {
    const headers = new Headers({
      accept: 'application/json, */*;q=0.5',
      'user-agent': 'authly-cli',
      ...request.headers,
    })
    if (request.method === 'POST' && !headers.has('idempotency-key'))
      headers.set('idempotency-key', randomUUID())
    return headers
  }

  /** One request on the wire. */
  async function attempt(request: ApiRequest, headers: Headers, token: string): Promise<Response> {
    const url = urlOf(request)
    headers.set('authorization', `Bearer ${token}`)
    const signed = signKey ? await sign(request, url, headers, signKey, terminal.now()) : headers
    if (verbose) terminal.stderr.write(`> ${request.method} ${url.href}\n`)
    const timeout = new AbortController()
    const giveUp = () => timeout.abort(new Failure('unavailable', `${url.origin} does not answer.`))
    // A file takes as long as it takes.
    const timer = typeof request.body === 'function' ? undefined : setTimeout(giveUp, timeoutMs)
    try {
      const body = typeof request.body === 'function' ? request.body() : request.body
      const signals = [
        timeout.signal,
        ...(request.isLast ? [] : [terminal.interrupted]),
        ...(request.signal ? [request.signal] : []),
      ]
      return await fetch(url, {
        ...{ method: request.method, headers: signed, redirect: 'manual', signal: AbortSignal.any(signals) },
        ...(body === undefined ? {} : { body, duplex: 'half' as const }),
      })
    } catch (error) {
      throw networkFailure(error, url, terminal)
    } finally {
      // The body may be a stream that lives on.
      clearTimeout(timer)
    }
  }

  async function send(request: ApiRequest): Promise<Response> {
    const headers = headersOf(request)
    let token = await session.token()
    let renewed = false
    for (let count = 1; ; count++) {
      const response = await attempt(request, headers, token).catch((error: Failure) => error)
      if (!(response instanceof Response)) {
        if (response.reason !== 'unavailable' || !isRepeatable(request) || count >= maxAttempts)
          throw response
        await wait(terminal, backoffSeconds(count))
        continue
      }
      if (verbose)
        terminal.stderr.write(
          `< ${response.status} ${safeText(response.headers.get('x-request-id') ?? '')}\n`,
        )
      if (response.ok) return response
      const stepUp = response.status === 401 ? stepUpOf(response.headers) : undefined
      if (stepUp !== undefined && session.stepUp && !renewed) {
        renewed = true
        await response.body?.cancel()
        await session.stepUp(stepUp)
        token = await session.token()
      } else if (isRefusedToken(response) && !renewed) {
        renewed = true
        const failure = await failureOf(response)
        token = await session.token(token).catch((error: unknown) => {
          throw session.name === 'AUTHLY_TOKEN' ? failure : error
        })
      } else {
        const seconds = isBusy(response) && count < maxAttempts ? waitSeconds(response, count) : undefined
        if (seconds === undefined) {
          throw await failureOf(response, response.status === 403 ? await session.person() : undefined)
        }
        await response.body?.cancel()
        if (seconds >= 2) terminal.stderr.write(`The server is busy; trying again in ${seconds} s.\n`)
        await wait(terminal, seconds)
      }
    }
  }

  return {
    send,
    issuer: session.issuer,
    preview(request) {
      const headers = headersOf(request)
      headers.set('authorization', 'Bearer <redacted>')
      if (signKey) headers.set('signature', '<made when sent>')
      const isFile = request.body !== undefined && typeof request.body !== 'string'
      const body = isFile ? '<contents of the file>' : (request.body as string | undefined)
      return { method: request.method, url: urlOf(request).href, headers: Object.fromEntries(headers), body }
    },
  }
}

/** A repetition does no harm even when the first one acted and its answer got lost. */
const isRepeatable = ({ method }: ApiRequest): boolean => method === 'GET' || method === 'POST'

const isBusy = ({ status }: Response): boolean => status === 429 || status === 503

const isRefusedToken = ({ status, headers }: Response): boolean =>
  status === 401 && (headers.get('www-authenticate') ?? '').includes('invalid_token')

/** What the server asks for, or a growing pause; undefined: longer than anybody should wait. */
function waitSeconds(response: Response, count: number): number | undefined {
  const asked = Number(response.headers.get('retry-after') ?? Number.NaN)
  const seconds = Number.isFinite(asked) && asked >= 0 ? asked : backoffSeconds(count)
  return seconds > maxWaitSeconds ? undefined : seconds
}

const backoffSeconds = (count: number): number => 0.25 * 2 ** (count - 1) * (0.5 + Math.random())

async function wait({ interrupted }: Terminal, seconds: number): Promise<void> {
  await sleep(seconds * 1000, undefined, { signal: interrupted }).catch(() => {
    throw new Failure('interrupted', 'Interrupted.')
  })
}

function networkFailure(error: unknown, url: URL, terminal: Terminal): Failure {
  if (error instanceof Failure) return error
  if (terminal.interrupted.aborted) return new Failure('interrupted', 'Interrupted.')
  const { cause, message } = error as Error & { cause?: { code?: string; message?: string } }
  return new Failure(
    'unavailable',
    `${url.origin} cannot be reached: ${cause?.code ?? cause?.message ?? message}.`,
  )
}

/** RFC 9421, by the same code that the server verifies with. */
async function sign(
  request: ApiRequest,
  url: URL,
  headers: Headers,
  key: JWK,
  now: number,
): Promise<Headers> {
  if (typeof request.body === 'function') throw new Failure('usage', 'An upload this large cannot be signed.')
  const { signRequest } = await import('../../src/http-signatures/sign-request.ts')
  const { adminSignaturePolicy } = await import('../../src/http-signatures/signature-policy.ts')
  const body = typeof request.body === 'string' ? new TextEncoder().encode(request.body) : request.body
  const { method } = request
  return signRequest(
    { method, url, headers, body },
    { key, policy: adminSignaturePolicy, created: Math.floor(now / 1000) },
  )
}
