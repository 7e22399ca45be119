import { AuthlyError } from '@authly-server/core'
import { ApiError } from './errors.ts'
import { sleep } from './waiting.ts'

/** What a stream that goes on after a break has to know of its connections. */
export interface Reconnecting {
  /** Something arrived: the next break is the first again. */
  succeeded(): void
  /** @throws what cannot be mended by another connection */
  failed(error: unknown): void
  /** Before the next connection: none after a stream that simply ended, else longer each time. */
  pause(): Promise<void>
  /** A connection that is dead and does not say so is given up. */
  watchSilence(milliseconds: number): SilenceWatch
}

export interface SilenceWatch {
  /** The caller's signal, or silence. */
  readonly signal: AbortSignal
  /** The same stream. It is listened to while somebody wants to read: a slow reader is no silence. */
  heard(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array>
  /** From now on again. */
  listen(): void
  stop(): void
}

const maxFailures = 8
const passing = new Set(['network_error', 'websocket_not_opened'])
const longestPauseMs = 15_000
/** A server that ends each stream at once must not be asked without end. */
const shortestPauseMs = 250

export function createReconnecting(signal: AbortSignal | undefined): Reconnecting {
  let failures = 0
  return {
    succeeded: () => {
      failures = 0
    },
    failed(error) {
      if (signal?.aborted) throw signal.reason
      const isPassing =
        (error instanceof AuthlyError && passing.has(error.code)) ||
        (error instanceof ApiError && (error.status === 429 || error.status >= 500)) ||
        // A stream that breaks throws what the platform throws.
        !(error instanceof AuthlyError)
      if (!isPassing || ++failures >= maxFailures) throw error
    },
    pause() {
      const full = Math.min(longestPauseMs, shortestPauseMs * 2 ** failures)
      return sleep(full / 2 + (full / 2) * Math.random(), signal)
    },
    watchSilence(milliseconds) {
      const silence = new AbortController()
      let timer: ReturnType<typeof setTimeout> | undefined
      const stop = () => clearTimeout(timer)
      const listen = () => {
        stop()
        timer = setTimeout(() => silence.abort(silent()), milliseconds)
      }
      listen()
      return {
        signal: signal ? AbortSignal.any([signal, silence.signal]) : silence.signal,
        ...{ listen, stop },
        heard(body) {
          const reader = body.getReader()
          return new ReadableStream<Uint8Array>(
            {
              async pull(controller) {
                listen()
                const { value, done } = await reader.read().finally(stop)
                if (done) controller.close()
                else controller.enqueue(value)
              },
              cancel: (reason) => reader.cancel(reason),
            },
            { highWaterMark: 0 },
          )
        },
      }
    },
  }
}

const silent = () => new AuthlyError('network_error', { description: 'the stream went silent' })
