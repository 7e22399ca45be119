/** `sdk/vectors/retries.json`: whether and when a call is repeated. */
import { retryDelay } from '@authly-server/core'
import { describe, expect, it } from 'vitest'
import { isRepeatable } from '../../../sdk/js/management/src/repeatable.ts'
import vectors from '../../../sdk/vectors/retries.json' with { type: 'json' }

interface Input {
  readonly method: string
  readonly idempotency_key: boolean
  readonly attempts: number
  readonly response?: {
    readonly status: number
    readonly headers: Readonly<Record<string, string | undefined>>
  }
  readonly random: number
  readonly now_millis: number
  readonly max_attempts?: number
  readonly max_delay_millis?: number
}

describe('a call that failed (RFC 9110 §9.2.2, §10.2.3)', () => {
  it.each(vectors.cases)('$name', ({ input, expect: expected }) => {
    const { method, idempotency_key, attempts, response, ...rules }: Input = input
    const wait = retryDelay(
      {
        attempts,
        isRepeatable: isRepeatable(method, idempotency_key),
        response: response && {
          status: response.status,
          headers: new Headers(response.headers as Record<string, string>),
        },
      },
      {
        random: () => rules.random,
        now: () => rules.now_millis,
        ...(rules.max_attempts === undefined ? {} : { maxAttempts: rules.max_attempts }),
        ...(rules.max_delay_millis === undefined ? {} : { maxDelayMs: rules.max_delay_millis }),
      },
    )
    expect(wait ?? null).toBe(expected.wait_millis)
  })
})
