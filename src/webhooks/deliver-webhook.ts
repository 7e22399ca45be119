/** One attempt: signs an event for an endpoint and posts it (Standard Webhooks 1.0.0). */
import { type Clock, toSeconds } from '../kit/clock.ts'
import type { FetchRefusal, GuardedSend } from '../kit/guarded-fetch.ts'
import type { RootSecret } from '../kit/root-secret.ts'
import { type AttemptOutcome, outcomeOfStatus } from './decide-webhook.ts'
import { openKeys } from './seal-keys.ts'
import { signWebhook } from './sign.ts'
import type { SealedKeys } from './webhook-endpoint.ts'

export interface DeliverWebhookNeeds {
  readonly now: Clock
  readonly root: Pick<RootSecret, 'open'>
  readonly send: GuardedSend
}

export interface WebhookMessage {
  readonly webhook_id: string
  readonly url: string
  readonly keys: readonly SealedKeys[]
  readonly event_id: string
  readonly body: string
}

export async function deliverWebhook(
  needs: DeliverWebhookNeeds,
  message: WebhookMessage,
): Promise<AttemptOutcome> {
  const { body, url } = message
  const headers = await signedHeaders(needs, message)
  const answer = await needs.send(url, { body, headers })
  if (!answer.ok) return { ...failureOf(answer.error), retryAfterMs: undefined }
  return outcomeOfStatus(answer.value.status, answer.value.retryAfter, needs.now())
}

/** The headers of a request that carries the message, now. */
export async function signedHeaders(
  { now, root }: Pick<DeliverWebhookNeeds, 'now' | 'root'>,
  { webhook_id, keys, event_id, body }: Omit<WebhookMessage, 'url'>,
): Promise<Record<string, string>> {
  const signing = await openKeys(root, webhook_id, keys)
  // Of the attempt, so that receivers can refuse old ones.
  const signed = await signWebhook({ id: event_id, timestamp: toSeconds(now()), body }, signing)
  return { 'content-type': 'application/json', ...signed }
}

function failureOf(refusal: FetchRefusal) {
  switch (refusal.kind) {
    case 'bad_status':
      return { outcome: 'failed', reason: `http_${refusal.status}`, status: refusal.status } as const
    case 'unreachable':
      return { outcome: 'failed', reason: reasonOf(refusal.detail), status: undefined } as const
    default:
      return { outcome: 'failed', reason: refusal.kind, status: undefined } as const
  }
}

const reasonOf = (errorName: string): string => (errorName === 'TimeoutError' ? 'timeout' : 'unreachable')
