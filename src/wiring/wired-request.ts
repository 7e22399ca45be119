/** What the members of every area are made from: the bindings, the isolate, the way to Postgres. */
import type { RecordEvent } from '../audit/event.ts'
import type { Database } from '../db/database.ts'
import type { Dependencies } from '../dependencies.ts'
import type { EdgeCache } from '../edge-cache/cached-lookup.ts'
import type { ReadArea } from '../edge-cache/edge-cache.ts'
import type { Keyring } from '../keys/keyring.ts'
import { systemClock } from '../kit/clock.ts'
import { lazily } from '../kit/lazily.ts'
import type { RateLimiter } from '../rate-limits/rate-limiter.ts'
import { createCache, type Isolate, isolateOf } from './isolate.ts'

/** All Postgres stores with their drivers: not needed while clients and keys are cached. */
export const loadStores = lazily(() => import('../stores.ts'))
type Stores = Awaited<ReturnType<typeof loadStores>>

/** After this time without an answer Postgres counts as unavailable: the user gets an answer, not a spinner. */
const databaseTimeoutMilliseconds = 5000
/** The same for each page of a streamed answer, which takes as long as its reader. */
export const pageTimeoutMilliseconds = 20_000

/** What a request comes with, before anything is made of it: bindings, its isolate, one connection to Postgres. */
export class BareRequest {
  readonly now = systemClock
  readonly env: Env
  readonly isolate: Isolate
  /** Whoever sends the request: what is fetched on their behalf is charged to them. */
  readonly address: () => string | undefined
  readonly #ctx: Pick<ExecutionContext, 'waitUntil'>
  readonly #area: ReadArea
  #database: Database | undefined
  #cache: EdgeCache | undefined
  madeKeyring: Keyring | undefined
  madeRateLimiter: RateLimiter | undefined
  madeRecordEvent: RecordEvent | undefined

  constructor(
    env: Env,
    ctx: Pick<ExecutionContext, 'waitUntil'>,
    area: ReadArea,
    address: () => string | undefined,
  ) {
    this.address = address
    this.env = env
    this.isolate = isolateOf(env)
    this.#ctx = ctx
    this.#area = area
  }

  readonly waitUntil = (work: Promise<unknown>): void => this.#ctx.waitUntil(work)

  get config() {
    return this.isolate.config
  }

  get root() {
    return this.isolate.root
  }

  get edgeCache() {
    this.#cache ??= createCache(this.isolate, this.waitUntil, this.#area)
    return this.#cache
  }

  /** Asks Postgres, over one connection per request. */
  async ask<T>(question: (stores: Stores, database: Database) => T | Promise<T>): Promise<T> {
    const stores = await loadStores()
    const { databaseUrl, databaseGatewayUrl } = this.config
    const limits = stores.limitEach(databaseTimeoutMilliseconds)
    this.#database ??= stores.createDatabase(databaseUrl, databaseGatewayUrl, limits)
    return question(stores, this.#database)
  }
}

/** A request with all that is made of it. */
export type WiredRequest = BareRequest & Dependencies

/** How each member is made that a request does not come with. An area has those that belong together. */
export type Makers = {
  readonly [Name in Exclude<keyof Dependencies, keyof BareRequest>]: (
    request: WiredRequest,
  ) => Dependencies[Name]
}

/** Makes a function that asks a store, which is loaded with the first question. */
export const asked =
  <Input extends readonly unknown[], Answer>(
    store: (stores: Stores, database: Database) => (...input: Input) => Answer | Promise<Answer>,
  ) =>
  (request: BareRequest) =>
  (...input: Input): Promise<Answer> =>
    request.ask((stores, database) => store(stores, database)(...input))
