/** What the APIs of providers have in common: a POST that is answered by a status and a short JSON. */
import { parseJsonObject } from '../../kit/json-object.ts'
import { readBytes } from '../../kit/read-body.ts'
import { readRetryAfter } from '../../kit/retry-after.ts'
import { failed, type SendOutcome } from '../message.ts'
import { type Fetch, providerTimeoutMs } from './sender.ts'

const maxAnswerBytes = 64 * 1024

export interface ProviderAnswer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
  readonly retryAfterMs: number | undefined
}

/**
 * Posts to a provider, and judges what it answered. What went wrong on the way is a failure to repeat: whether the
 * provider took the message is unknown then.
 */
export async function askProvider(
  send: Fetch,
  url: string,
  init: RequestInit,
  judge: (answer: ProviderAnswer) => SendOutcome,
): Promise<SendOutcome> {
  try {
    const response = await send(url, {
      ...init,
      method: 'POST',
      // Attack: a redirect takes message and credentials to another host.
      redirect: 'manual',
      signal: AbortSignal.timeout(providerTimeoutMs),
    })
    const bytes = await readBytes(response.body, maxAnswerBytes)
    return judge({
      status: response.status,
      body: parseJsonObject(new TextDecoder().decode(bytes)) ?? {},
      retryAfterMs: readRetryAfter(response.headers.get('retry-after'), Date.now()),
    })
  } catch (error) {
    return failed((error as Error).name === 'TimeoutError' ? 'timeout' : 'unreachable')
  }
}
