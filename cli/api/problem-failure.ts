/** A refusal of the server (RFC 9457) in words for a person, with the exit status it means. */

import type { StepUp } from '../auth/sign-in-with-browser.ts'
import type { ExitReason } from '../exit-codes.ts'
import { Failure } from '../failure.ts'
import { safeText } from '../output/safe-text.ts'

interface Problem {
  readonly type?: string
  readonly title?: string
  readonly status?: number
  readonly detail?: string
  readonly request_id?: string
  readonly errors?: readonly { pointer?: string; parameter?: string; header?: string; detail: string }[]
}

const largestProblem = 65_536

/**
 * Reads the body of a response that is not a success.
 * @param person who is signed in: often the answer to why something is forbidden
 */
export async function failureOf(response: Response, person?: string): Promise<Failure> {
  const text = (await response.text().catch(() => '')).slice(0, largestProblem)
  const problem = parse(text)
  const title = problem?.title ?? `The server answered ${response.status}`
  const lines = [
    `${title}${problem?.detail ? `. ${problem.detail}` : ''}`,
    ...(problem?.errors ?? []).map(({ pointer, parameter, header, detail }) => {
      const place = pointer?.replace(/^#?\/?/, '') ?? parameter ?? header ?? ''
      return `  ${place === '' ? '' : `${place}: `}${detail}`
    }),
  ].map((line) => safeText(line))
  return new Failure(reasonOf(response.status), lines.join('\n'), {
    hint: hintFor(response.status, response.headers, problem, person),
    problem: problem ?? { status: response.status, title },
  })
}

function parse(text: string): Problem | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Problem) : undefined
  } catch {
    return undefined
  }
}

function reasonOf(status: number): ExitReason {
  if (status === 401) return 'signIn'
  if (status === 412) return 'stale'
  return status === 429 || status >= 500 ? 'unavailable' : 'refused'
}

function hintFor(
  status: number,
  headers: Headers,
  problem: Problem | undefined,
  person: string | undefined,
): string | undefined {
  const code = problem?.type?.split(':').at(-1)
  const stepUp = stepUpOf(headers)
  if (stepUp) return `Sign in again: authly login --max-age ${stepUp.maxAgeSeconds ?? 0}`
  if (code === 'forbidden' && person !== undefined)
    return `Signed in as ${safeText(person)}; authly login changes that.`
  if (code === 'insufficient_scope' && person !== undefined)
    return `Signed in as ${safeText(person)}. No role of theirs gave it when they signed in, or that sign-in asked for less. After a new role: authly login.`
  if (code === 'insufficient_scope')
    return 'A person signs in again after a new role: authly login; the client of a service account is registered for the scope'
  if (code === 'signature_required')
    return 'Sign with the key registered for your client: --sign-key key.jwk.json'
  if (status === 412) {
    const tag = headers.get('etag')
    const now = tag ? ` (it has ETag ${safeText(tag)} now)` : ''
    return `Somebody changed it after it was read${now}. Look at it again, then repeat the command.`
  }
  if (status >= 500 && problem?.request_id) return `Request id: ${safeText(problem.request_id)}`
  return undefined
}

/** What a step-up challenge asks for (RFC 9470 §3); undefined when it is none. */
export function stepUpOf(headers: Headers): StepUp | undefined {
  const challenge = headers.get('www-authenticate') ?? ''
  if (!challenge.includes('insufficient_user_authentication')) return undefined
  const seconds = /max_age="?(\d{1,9})/.exec(challenge)?.[1]
  const acrValues = /acr_values="([^"]*)"/.exec(challenge)?.[1]
  return {
    ...(seconds === undefined ? {} : { maxAgeSeconds: Number(seconds) }),
    ...(acrValues ? { acrValues } : {}),
  }
}
