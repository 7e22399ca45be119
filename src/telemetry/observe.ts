/**
 * The seam of traces and metrics: the places worth observing call `observe`, and what is configured listens. With no
 * observer an observed call is the call itself.
 */

/** What is observed, with its attributes. Never a secret or personal data. */
export interface Observations {
  /** A token request whose client is authenticated. */
  grant: { readonly grant_type: string; readonly client_id: string }
  /** A call of a Durable Object; `object` is its class. */
  object_call: { readonly object: string; readonly method: string }
  /** One round trip to Postgres. */
  postgres: { readonly statements: number; readonly kind: 'query' | 'batch' }
  signature: { readonly alg: string }
  /** A batch of audit events on its way from an outbox to Postgres; `causes` are the contexts they come from. */
  delivery: { readonly events: number; readonly causes: readonly string[] }
  /** A request to a server that others chose; `host` with its port, if it has one. */
  outgoing_request: { readonly host: string; readonly scheme: string }
  /** One step of a background job; `cause` is the context of its order. */
  job_step: { readonly job_kind: string; readonly job_id: string; readonly cause: string | undefined }
}

export interface Observer {
  /**
   * Runs `work` exactly once and returns or throws what it does. A refusal is a returned `Result` (`src/kit/result.ts`)
   * whose `ok` is false.
   */
  around<Kind extends keyof Observations, T>(
    kind: Kind,
    attributes: Observations[Kind],
    work: () => Promise<T>,
  ): Promise<T>
  /**
   * The `traceparent` that work carries from here into an object of ours, into the future (an order, an outbox) or to
   * another server; undefined where nothing is recorded.
   */
  carried?(to: 'object' | 'future' | 'server'): string | undefined
}

let current: Observer | undefined

/** Whether anything is observed, for what must be prepared before `observe`. */
export const isObserved = (): boolean => current !== undefined

/** Runs `work`; free of cost when nobody observes. */
export function observe<Kind extends keyof Observations, T>(
  kind: Kind,
  attributes: Observations[Kind],
  work: () => Promise<T>,
): Promise<T> {
  return current === undefined ? work() : current.around(kind, attributes, work)
}

/** See `Observer.carried`. */
export const carriedContext = (to: 'object' | 'future' | 'server'): string | undefined =>
  current?.carried?.(to)

/**
 * Adds an observer to this isolate, outside those that are there.
 * @returns removes all that was added since, this one included
 */
export function addObserver(observer: Observer): () => void {
  const inner = current
  current = inner === undefined ? observer : nest(observer, inner)
  return () => {
    current = inner
  }
}

const nest = (outer: Observer, inner: Observer): Observer => ({
  around: (kind, attributes, work) =>
    outer.around(kind, attributes, () => inner.around(kind, attributes, work)),
  carried: (to) => outer.carried?.(to) ?? inner.carried?.(to),
})
