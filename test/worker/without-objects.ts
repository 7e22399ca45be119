/** An outage of the objects of people. */
import { env } from 'cloudflare:test'

/**
 * The Worker's environment with the objects of people out of reach, but for these: liveness of a caller's own token is
 * asked of the same class.
 */
export const withoutObjects = (...reachable: readonly string[]): Env => losingObjects(0, ...reachable)

/** The same, but the objects of people are away only after some calls: what is told before Postgres arrives. */
export function losingObjects(answered: number, ...reachable: readonly string[]): Env {
  let left = answered
  const unreachable = {
    get: () => {
      throw Object.assign(new Error('the object is away'), { retryable: true })
    },
    getByName: () => unreachable.get(),
    idFromName: (name: string) => env.USER_SESSIONS.idFromName(name),
  }
  return {
    ...env,
    USER_SESSIONS: new Proxy(env.USER_SESSIONS, {
      get: (target, member) => {
        const value = Reflect.get(target, member) as unknown
        if (typeof value !== 'function') return value
        return (...input: unknown[]) => {
          const isReachable = reachable.some(
            (id) => input[0] === id || String(input[0]) === String(target.idFromName(id)),
          )
          const isCall = ['get', 'getByName'].includes(String(member))
          const isAnswered = isReachable || !isCall || left-- > 0
          return isAnswered
            ? (value as (...all: unknown[]) => unknown).apply(target, input)
            : unreachable.get()
        }
      },
    }),
  } as Env
}
