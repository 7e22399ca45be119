/** Counts what a request costs: calls to Durable Objects and round trips to Postgres. */

export interface IoCount {
  objectCalls: number
  postgresRoundTrips: number
  /** Batches that alarms deliver. */
  deliveries?: number
}

/** Wraps the namespaces of `env`; every RPC call through them counts. */
export function countingEnv(env: Env, count: IoCount): Env {
  const wrapStub = (stub: object): object =>
    new Proxy(stub, {
      get(target, name) {
        const member = Reflect.get(target, name)
        if (typeof member !== 'function' || typeof name !== 'string') return member
        return (...args: unknown[]) => {
          count.objectCalls++
          return Reflect.apply(member, target, args)
        }
      },
    })
  const wrapNamespace = (namespace: object): object =>
    new Proxy(namespace, {
      get(target, name) {
        const member = Reflect.get(target, name)
        if (typeof member !== 'function') return member
        return (...args: unknown[]) => {
          const made: object = Reflect.apply(member, target, args)
          if (name === 'jurisdiction') return wrapNamespace(made)
          return name === 'get' || name === 'getByName' ? wrapStub(made) : made
        }
      },
    })
  const namespaces = [
    'USER_SESSIONS',
    'RATE_LIMIT',
    'EDGE_REPLICA',
    'AUDIT_OUTBOX',
    'SINGLE_USE',
    'AUDIT_STREAM',
    'JOB',
    'METRICS',
    'DESTINATION',
    'LOGOUT_OUTBOX',
    'WEBHOOK_DISPATCHER',
    'WEBHOOK_OUTBOX',
  ] as const
  const wrapped = Object.fromEntries(namespaces.map((name) => [name, wrapNamespace(env[name])]))
  return { ...env, ...wrapped } as unknown as Env
}

/**
 * Counts queries of requests: every fetch to the database gateway. The outboxes' are counted apart, because their
 * alarms run whenever they like.
 */
export function countQueries(gatewayUrl: string, count: IoCount): () => void {
  const original = globalThis.fetch
  globalThis.fetch = (input, init) => {
    const url = input instanceof Request ? input.url : String(input)
    if (url.startsWith(gatewayUrl)) {
      if (isDelivery(String(init?.body))) count.deliveries = (count.deliveries ?? 0) + 1
      else count.postgresRoundTrips++
    }
    return original(input, init)
  }
  return () => {
    globalThis.fetch = original
  }
}

/** A batch that writes events and does nothing else. Requests write theirs beside what they do. */
function isDelivery(body: string): boolean {
  const { queries } = JSON.parse(body) as { readonly queries?: readonly { readonly query: string }[] }
  return queries?.length === 1 && /insert into audit_events[\s\S]*as event \(/.test(queries[0]?.query ?? '')
}
