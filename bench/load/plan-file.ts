/** Writes a request plan in the format that `wrk.lua` reads. */
import { writeFileSync } from 'node:fs'
import type { HttpRequest, SinglePlan } from '../target.ts'

const headLines = (request: HttpRequest): string =>
  [
    `${request.method} ${request.path} HTTP/1.1`,
    'Host: localhost',
    ...Object.entries(request.headers).map(([name, value]) => `${name}: ${value}`),
    '',
  ].join('\r\n')

const rawRequest = (request: HttpRequest): string =>
  request.body === undefined
    ? `${headLines(request)}\r\n`
    : `${headLines(request)}Content-Length: ${Buffer.byteLength(request.body)}\r\n\r\n${request.body}`

const escapeValue = (value: string): string => value.replaceAll('%', '%25').replaceAll('\n', '%0A')

/**
 * True when each response has to be looked at. Static documents are told apart by status and size alone, so
 * that the load generator does not become what is measured.
 */
export const looksAtResponses = (plan: SinglePlan): boolean =>
  plan.kind !== 'rotate' ||
  plan.expect.bodyContains !== undefined ||
  plan.expect.locationContains !== undefined

/** @param collect file that receives the `code` parameter of every `Location` */
export function writePlanFile(path: string, plan: SinglePlan, collect?: string): void {
  const settings: Record<string, string | undefined> = {
    kind: plan.kind,
    check: looksAtResponses(plan) ? '1' : '0',
    status: plan.expect.status.join(','),
    body: plan.expect.bodyContains,
    location: plan.expect.locationContains,
    collect,
  }
  const items =
    plan.kind === 'successor'
      ? [headLines(plan.template), plan.template.body ?? '', ...plan.tokens]
      : plan.requests.map(rawRequest)
  const lines = Object.entries(settings).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${escapeValue(value)}\n`],
  )
  writeFileSync(
    path,
    `${lines.join('')}\n${items.map((item) => `${Buffer.byteLength(item)}\n${item}\n`).join('')}`,
  )
}
