/** The requests of a plan that can go on for ever, as bytes, in order. */
import type { HttpRequest, RequestPlan } from '../target.ts'
import type { HttpResponse } from './response-reader.ts'

export interface RequestSource {
  /** `undefined` while every token is on its way. */
  next(): string | undefined
  /** Whether the answer is what the plan expects. Takes the token that it brings. */
  accept(response: HttpResponse): boolean
  /** Tokens that were not sent yet. */
  tokensLeft(): readonly string[]
}

/** A request as it travels. */
export const encodeRequest = ({ method, path, headers, body = '' }: HttpRequest): string =>
  [
    `${method} ${path} HTTP/1.1`,
    'Host: localhost',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n')

/** @throws for a plan whose requests may be sent only once */
export function requestSource(plan: RequestPlan): RequestSource {
  if (plan.kind === 'once' || plan.kind === 'flow')
    throw new Error('a constant rate needs requests that can be repeated')
  const { expect } = plan
  const fits = ({ status, body }: HttpResponse): boolean =>
    expect.status.includes(status) && body.includes(expect.bodyContains ?? '')
  if (plan.kind === 'rotate') {
    const requests = plan.requests.map(encodeRequest)
    let position = 0
    return {
      next: () => requests[position++ % requests.length],
      accept: fits,
      tokensLeft: () => [],
    }
  }
  const tokens = [...plan.tokens]
  let first = 0
  return {
    next: () => {
      const token = tokens[first]
      if (token === undefined) return undefined
      first += 1
      return encodeRequest({ ...plan.template, body: (plan.template.body ?? '').replace('{token}', token) })
    },
    accept: (response) => {
      const successor = /"refresh_token"\s*:\s*"([^"]+)"/.exec(response.body)?.[1]
      if (!fits(response) || successor === undefined) return false
      tokens.push(successor)
      return true
    },
    tokensLeft: () => tokens.slice(first),
  }
}
