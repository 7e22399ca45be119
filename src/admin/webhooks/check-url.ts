/** Whether events may be sent to an address. */
import { checkAddress, type FetchRules } from '../../kit/guarded-fetch.ts'
import type { Problem } from '../../kit/problem.ts'
import { err, type Result } from '../../kit/result.ts'
import { invalidRequest } from '../problems.ts'

/** The address as it will be called. */
export function checkUrl(
  url: string,
  config: FetchRules & { readonly issuer: string },
): Result<string, Problem> {
  const refuse = (detail: string) => err(invalidRequest([{ pointer: '#/url', detail }]))
  const checked = checkAddress(url, config)
  if (!checked.ok) {
    const { error } = checked
    return refuse(`may not be called: ${'detail' in error ? error.detail : error.kind}`)
  }
  // Attack: this server calls itself, from an address that it may trust; what that causes is an event, and sent again.
  if (hostOf(checked.value) === hostOf(config.issuer)) return refuse('must not be this server')
  if (new URL(checked.value).hash !== '') return refuse('must not have a fragment')
  return checked
}

/** With its port; `example.com.` is `example.com` (RFC 1034 §3.1). */
const hostOf = (url: string): string => new URL(url).host.replace(/\.(?=:|$)/, '')
