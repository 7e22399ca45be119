/** The parts this benchmark uses of packages that ship no types. */

declare module 'autocannon' {
  interface Request {
    method?: string
    path?: string
    headers?: Record<string, string>
    body?: string
    setupRequest?: (request: Request, context: object) => Request
    onResponse?: (
      status: number,
      body: string,
      context: object,
      headers: Record<string, unknown> | undefined,
    ) => void
  }
  interface Options {
    url: string
    connections: number
    duration: number
    requests: Request[]
  }
  interface Result {
    latency: { p50: number; p99: number }
    errors: number
    timeouts: number
  }
  function autocannon(options: Options, done: (error: Error | null, result: Result) => void): { stop(): void }
  namespace autocannon {
    export type { Options, Request, Result }
  }
  export default autocannon
}

declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http'

  interface Session {
    jti: string
    loginAccount(details: { accountId: string; amr?: string[]; acr?: string }): void
    ensureClientContainer(clientId: string): void
    grantIdFor(clientId: string, grantId: string): void
    save(ttlSeconds: number): Promise<unknown>
  }
  interface Grant {
    addOIDCScope(scope: string): void
    addResourceScope(resource: string, scope: string): void
    save(): Promise<string>
  }
  export default class Provider {
    constructor(issuer: string, configuration: Record<string, unknown>)
    Session: new () => Session
    Grant: new (owner: {
      accountId: string
      clientId: string
    }) => Grant
    callback(): (request: IncomingMessage, response: ServerResponse) => void
    on(event: string, listener: (...values: unknown[]) => void): this
  }
}

declare module 'oidc-provider/lib/adapters/memory_adapter.js' {
  interface Store {
    get(key: string): unknown
    set(key: string, value: unknown): unknown
    delete(key: string): unknown
  }
  export default class MemoryAdapter {
    constructor(model: string, store: Store)
  }
}

declare module 'oidc-provider/lib/helpers/lru.js' {
  export default class LRU {
    constructor(options: { maxSize: number })
    get(key: string): unknown
    set(key: string, value: unknown, options?: { maxAge?: number }): unknown
    delete(key: string): unknown
  }
}
