/** The same plans played with autocannon, for machines without wrk. */
import autocannon from 'autocannon'
import type { HttpRequest, LoadResult, SinglePlan } from '../target.ts'
import type { LoadOptions } from './load-options.ts'

interface Shot {
  readonly request: HttpRequest | undefined
}

/** Hands out requests in the order the plan wants; `undefined` when single-use requests are used up. */
function requestSource(plan: SinglePlan): { next(): HttpRequest | undefined; tokens: string[] } {
  const tokens = plan.kind === 'successor' ? [...plan.tokens] : []
  let position = 0
  const next = (): HttpRequest | undefined => {
    if (plan.kind === 'rotate') return plan.requests[position++ % plan.requests.length]
    if (plan.kind === 'once') return plan.requests[position++]
    const token = tokens.shift()
    return token === undefined
      ? undefined
      : { ...plan.template, body: (plan.template.body ?? '').replace('{token}', token) }
  }
  return { next, tokens }
}

const locationOf = (headers: Record<string, unknown>): string => {
  const entry = Object.entries(headers).find(([name]) => name.toLowerCase() === 'location')
  return entry ? String(entry[1]) : ''
}

/** Plays `plan`; see `runWrk`. */
export async function runAutocannon(plan: SinglePlan, options: LoadOptions): Promise<LoadResult> {
  const source = requestSource(plan)
  const collected: string[] = []
  let failures = 0
  let failureSample: string | undefined
  let answered = 0
  let stop = (): void => {}
  const startedAt = performance.now()
  let finishedAt = startedAt

  const check = (status: number, body: string, headers: Record<string, unknown>): void => {
    answered += 1
    finishedAt = performance.now()
    const location = locationOf(headers)
    const { expect } = plan
    const accepted =
      expect.status.includes(status) &&
      body.includes(expect.bodyContains ?? '') &&
      location.includes(expect.locationContains ?? '')
    const successor = /"refresh_token"\s*:\s*"([^"]+)"/.exec(body)?.[1]
    if (!accepted || (plan.kind === 'successor' && successor === undefined)) {
      failures += 1
      failureSample ??= `${status} ${location} ${body.slice(0, 300)}`
      return
    }
    if (plan.kind === 'successor' && successor !== undefined) source.tokens.push(successor)
    const code = /[?&]code=([^&]+)/.exec(location)?.[1]
    if (options.collectCodes && code !== undefined) collected.push(code)
  }

  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const run = autocannon(
      {
        url: `http://127.0.0.1:${plan.port}`,
        connections: options.connections,
        duration: options.seconds,
        requests: [
          {
            setupRequest: (request, context) => {
              const shot = source.next()
              ;(context as { shot?: Shot }).shot = { request: shot }
              if (shot === undefined) {
                stop()
                return { ...request, method: 'GET', path: '/.well-known/openid-configuration' }
              }
              const { method, path, headers, body } = shot
              return {
                ...request,
                method,
                path,
                headers: { ...headers },
                ...(body === undefined ? {} : { body }),
              }
            },
            onResponse: (status, body, context, headers) => {
              if ((context as { shot?: Shot }).shot?.request) check(status, body, headers ?? {})
            },
          },
        ],
      },
      (error, done) => (error ? reject(error) : resolve(done)),
    )
    stop = () => run.stop()
  })
  return {
    requests: answered,
    seconds: (finishedAt - startedAt) / 1_000,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    failures: failures + result.errors + result.timeouts,
    ...(failureSample === undefined ? {} : { failureSample }),
    tokensLeft: source.tokens,
    ...(options.collectCodes ? { collected } : {}),
  }
}
