import {
  AuthlyError,
  type DpopKey,
  dpopProof,
  type Fetch,
  type JsonObject,
  type Nonces,
  type RetryRules,
  retryDelay,
  tokenChallenge,
} from '@authly-server/core'
import type { TokenSource } from './access-token.ts'
import { ApiError, apiErrorOf } from './errors.ts'
import type { Pacing } from './pacing.ts'
import { jsonObjectOf, readProblem } from './problem.ts'
import { isRepeatable } from './repeatable.ts'
import type { Body } from './upload.ts'
import { version } from './version.ts'
import { deadline, orAborted, sleep } from './waiting.ts'

export interface Call {
  readonly method: string
  /** Below the issuer, its parameters encoded. */
  readonly path: string
  readonly query?: URLSearchParams
  readonly body?: Body
  readonly headers?: Readonly<Record<string, string>>
  readonly options: {
    readonly signal?: AbortSignal | undefined
    readonly timeoutMs?: number | undefined
    readonly ifMatch?: string | undefined
    readonly idempotencyKey?: string | undefined
  }
}

export interface Transport {
  /** @throws ApiError, or AuthlyError `network_error`, `invalid_response` */
  json(call: Call): Promise<{ readonly value: JsonObject; readonly response: Response }>
  none(call: Call): Promise<void>
  /** An answer whose body is read by the caller, for as long as that takes. */
  stream(call: Call): Promise<Response>
}

export interface TransportNeeds {
  readonly fetch: Fetch
  readonly issuer: string
  readonly tokens: TokenSource
  readonly dpop: (() => Promise<{ readonly key: DpopKey; readonly nonces: Nonces }>) | undefined
  readonly pacing: Pacing
  readonly retry: RetryRules
  readonly timeoutMs: number
}

export const userAgent = `authly-management-js/${version}`

export function createTransport(needs: TransportNeeds): Transport {
  return {
    json: (call) =>
      run(needs, call, async (response) => {
        // A connection that breaks here throws, and is no answer.
        const value = jsonObjectOf(await response.text())
        if (value) return { value, response }
        throw new AuthlyError('invalid_response', {
          description: 'the answer is no JSON object',
          status: response.status,
          requestId: response.headers.get('x-request-id') ?? undefined,
        })
      }),
    none: (call) =>
      run(
        needs,
        call,
        async (response) => void (await response.body?.cancel()),
        // It is gone, and the answer that said so was lost.
        (error, isRepetition) => call.method === 'DELETE' && error.status === 404 && isRepetition,
      ),
    stream: (call) => run(needs, call, undefined),
  }
}

/** One call: its attempts, the waits between them, and one new token. */
async function run<T>(
  needs: TransportNeeds,
  call: Call,
  read: ((response: Response) => Promise<T>) | undefined,
  isDone: (error: ApiError, isRepetition: boolean) => boolean = () => false,
): Promise<T> {
  const { signal, idempotencyKey } = call.options
  const mayRepeat = isRepeatable(call.method, idempotencyKey !== undefined)
  const isReadable = call.body?.isReadable !== 'once'
  let token = await orAborted(needs.tokens.get(), signal)
  let isRenewed = false
  let hasNonce = false
  let lost: unknown
  for (let attempts = 1; ; attempts++) {
    await needs.pacing.before(signal)
    const outcome = await attempt(needs, call, token, read)
    if ('value' in outcome) return outcome.value
    const { error, response, isNonceNew } = outcome
    if (error instanceof ApiError && isDone(error, lost !== undefined)) return undefined as T
    const refused = response?.status === 401 ? challengeOf(response) : undefined
    if (refused === 'use_dpop_nonce' && isNonceNew && !hasNonce && isReadable) {
      hasNonce = true
      attempts--
      continue
    }
    if (refused === 'invalid_token' && !isRenewed && isReadable) {
      isRenewed = true
      const fresh = await orAborted(needs.tokens.renew(token), signal)
      if (fresh !== token) {
        token = fresh
        attempts--
        continue
      }
    }
    const isFinal = signal?.aborted || !isTransient(error) || !isReadable
    const delay = isFinal
      ? undefined
      : retryDelay({ attempts, isRepeatable: mayRepeat, response }, needs.retry)
    if (delay === undefined) {
      // A 412 after an attempt without an answer may be about our own change.
      if (error instanceof ApiError) error.cause ??= lost
      throw error
    }
    if (response?.status !== 429) lost = error
    await sleep(delay, signal)
  }
}

/** Anything else is the caller's signal, or a mistake that stays one. */
const isTransient = (error: unknown): boolean =>
  error instanceof ApiError || (error instanceof AuthlyError && error.code === 'network_error')

const challengeOf = (response: Response): string | undefined =>
  tokenChallenge(response.headers.get('www-authenticate'))['error']

type Outcome<T> =
  | { readonly value: T }
  | { readonly error: unknown; readonly response?: Response; readonly isNonceNew?: boolean }

async function attempt<T>(
  needs: TransportNeeds,
  call: Call,
  token: string,
  read: ((response: Response) => Promise<T>) | undefined,
): Promise<Outcome<T>> {
  const url = urlOf(needs.issuer, call)
  const dpop = await needs.dpop?.()
  const nonce = dpop?.nonces.of(url)
  const headers = await headersOf(call, url, token, dpop)
  const limit = deadline(call.options.timeoutMs ?? needs.timeoutMs, call.options.signal)
  const request = new Request(url, {
    ...{ method: call.method, headers, signal: limit.signal },
    // A redirect would take the token along.
    redirect: 'manual',
    ...(call.body ? ({ body: call.body.open(), duplex: 'half' } as object) : {}),
  })
  try {
    const response = await needs.fetch(request)
    needs.pacing.learn(response)
    const isNonceNew = dpop?.nonces.learn(url, response, nonce) ?? false
    if (response.ok) return { value: read ? await read(response) : (response as T) }
    const { status, headers: answered } = response
    const error = apiErrorOf({ status, headers: answered, problem: await readProblem(response) })
    return { error, response, isNonceNew }
  } catch (error) {
    return { error: limit.explain(error) }
  } finally {
    limit.lift()
  }
}

function urlOf(issuer: string, { path, query }: Call): string {
  const base = issuer.endsWith('/') ? issuer.slice(0, -1) : issuer
  return `${base}${path}${query && query.size > 0 ? `?${query}` : ''}`
}

async function headersOf(
  { method, body, headers, options }: Call,
  url: string,
  token: string,
  dpop: { readonly key: DpopKey; readonly nonces: Nonces } | undefined,
): Promise<Headers> {
  const { ifMatch, idempotencyKey } = options
  const all = new Headers({ accept: 'application/json, */*;q=0.5', 'user-agent': userAgent, ...headers })
  all.set('authorization', `${dpop ? 'DPoP' : 'Bearer'} ${token}`)
  if (dpop) {
    const { key, nonces } = dpop
    all.set('dpop', await dpopProof(key, { method, url, accessToken: token, nonce: nonces.of(url) }))
  }
  if (body) all.set('content-type', body.type)
  if (ifMatch !== undefined) all.set('if-match', ifMatch)
  if (idempotencyKey !== undefined) all.set('idempotency-key', idempotencyKey)
  return all
}
