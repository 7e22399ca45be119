/**
 * The part of a trace that one invocation here contributes: its spans wait in memory until it ends, because what was
 * not chosen to be recorded is kept when it fails.
 */
import type { Lifetime } from '../tracer.ts'
import type { Span } from './span.ts'
import type { SpanBuffer } from './span-buffer.ts'

/** A request has tens; the steps of one alarm of a job, each with its calls of objects, have hundreds. */
const maxSpans = 256

export class LocalTrace {
  readonly traceId: string
  readonly lifetime: Lifetime
  readonly #buffer: SpanBuffer
  #isRecorded: boolean
  #waiting: Span[] | undefined = []
  #tooMany = 0

  constructor(traceId: string, isRecorded: boolean, buffer: SpanBuffer, lifetime: Lifetime) {
    this.traceId = traceId
    this.lifetime = lifetime
    this.#isRecorded = isRecorded
    this.#buffer = buffer
  }

  /** Whether its spans are exported; what it calls then records, too. */
  get isRecorded(): boolean {
    return this.#isRecorded
  }

  /** Records it after all: it failed, or what caused it is recorded. */
  keep(): void {
    this.#isRecorded = true
  }

  add(span: Span): void {
    if (this.#waiting === undefined) {
      // Work that continues after the response.
      if (this.#isRecorded) this.#buffer.add([span], this.lifetime)
    } else if (this.#waiting.length < maxSpans) this.#waiting.push(span)
    else this.#tooMany++
  }

  /** Adds the span of the whole and exports all, or forgets them. */
  end(span: Span): void {
    const spans = [span, ...(this.#waiting ?? [])]
    this.#waiting = undefined
    if (!this.#isRecorded) return
    this.#buffer.drop(this.#tooMany)
    this.#buffer.add(spans, this.lifetime)
  }
}
