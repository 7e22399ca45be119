/** Whether this deployment can work. Tokens go on without Postgres, so its absence alone is no reason to send nobody here. */
import { withPatience } from '../kit/patience.ts'

/** Each resolves when its part answers. */
export interface HealthProbes {
  readonly postgres: () => Promise<unknown>
  readonly objects: () => Promise<unknown>
  readonly keys: () => Promise<unknown>
}

export interface Health {
  /** `degraded`: what needs no Postgres works. */
  readonly status: 'ready' | 'degraded' | 'unavailable'
  readonly checks: Readonly<Record<keyof HealthProbes, 'ok' | 'away'>>
}

/** How long any part may take to answer. */
export const patienceMilliseconds = 2000

/** Asks all parts at once; none is waited for longer than two seconds. Never throws. */
export async function checkHealth(probes: HealthProbes): Promise<Health> {
  const ask = (name: keyof HealthProbes): Promise<'ok' | 'away'> =>
    withPatience(
      Promise.resolve().then(() => probes[name]()),
      patienceMilliseconds,
      name,
    ).then(
      () => 'ok',
      () => 'away',
    )
  const [postgres, objects, keys] = await Promise.all([ask('postgres'), ask('objects'), ask('keys')])
  const canIssue = objects === 'ok' && keys === 'ok'
  return {
    status: canIssue ? (postgres === 'ok' ? 'ready' : 'degraded') : 'unavailable',
    checks: { postgres, objects, keys },
  }
}
