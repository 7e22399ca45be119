import { AuthlyError } from '@authly-server/core'

/** Waits, or throws what `signal` was aborted with. */
export function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const onAbort = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    }, milliseconds)
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}

/** The outcome of a promise that others wait for too, or what `signal` was aborted with. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const onAbort = () => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

export interface Deadline {
  readonly signal: AbortSignal
  /** No more: a stream goes on as long as it likes. */
  lift(): void
  /** What to throw for what `fetch` threw: the caller's reason, a timeout, or that the server cannot be reached. */
  explain(error: unknown): unknown
}

/** One attempt's time, within what the caller allows. */
export function deadline(milliseconds: number | undefined, signal: AbortSignal | undefined): Deadline {
  const timeout = new AbortController()
  const isLimited = milliseconds !== undefined && Number.isFinite(milliseconds)
  const timer = isLimited ? setTimeout(() => timeout.abort(), milliseconds) : undefined
  return {
    signal: signal ? AbortSignal.any([timeout.signal, signal]) : timeout.signal,
    lift: () => clearTimeout(timer),
    explain(error) {
      if (signal?.aborted) return signal.reason
      if (timeout.signal.aborted)
        return new AuthlyError('network_error', { description: `no answer within ${milliseconds} ms` })
      return error instanceof AuthlyError ? error : new AuthlyError('network_error', { cause: error })
    },
  }
}
