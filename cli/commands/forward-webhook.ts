/** Posts what a listener got to an application on this machine. */
import { usage } from '../failure.ts'
import { safeText } from '../output/safe-text.ts'
import type { Terminal } from '../terminal.ts'

export interface TakenWebhook {
  readonly event_id: string
  readonly type: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface Forwarded {
  readonly status?: number
  /** Why there was no answer. */
  readonly error?: string
  readonly duration_ms: number
}

const timeoutMs = 10_000
/** Of Standard Webhooks. Attack: a server that is not what it seems adds `Cookie` or `X-Forwarded-User`. */
const headerNames = ['content-type', 'webhook-id', 'webhook-timestamp', 'webhook-signature']
const loopbackHosts = ['localhost', '127.0.0.1', '[::1]']

/** http stays on this machine: what events say is nobody else's business. */
export function readTarget(given: string | undefined): URL | undefined {
  if (given === undefined) return undefined
  const url = URL.canParse(given) ? new URL(given) : undefined
  const isAllowed =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && loopbackHosts.includes(url.hostname))
  if (!url || !isAllowed || url.username !== '' || url.password !== '')
    throw usage('--forward-to is an address of this machine (http://localhost:3000/webhooks), or https.')
  return url
}

/** One attempt: whoever develops sees what came of it, and can have it sent again. */
export async function forwardWebhook(
  target: URL,
  { headers: given, body }: TakenWebhook,
  { interrupted }: Pick<Terminal, 'interrupted'>,
): Promise<Forwarded> {
  const began = performance.now()
  const took = () => Math.round(performance.now() - began)
  try {
    const headers = Object.fromEntries(headerNames.map((name) => [name, given[name] ?? '']))
    const signal = AbortSignal.any([AbortSignal.timeout(timeoutMs), interrupted])
    const response = await fetch(target, { method: 'POST', headers, body, redirect: 'manual', signal })
    await response.body?.cancel()
    return { status: response.status, duration_ms: took() }
  } catch (failure) {
    const { cause, name } = failure as Error & { cause?: { code?: string } }
    const error = name === 'TimeoutError' ? 'no answer' : safeText(cause?.code ?? name)
    return { error, duration_ms: took() }
  }
}
