/** Whether this deployment can work. Tokens go on without Postgres, so its absence alone is no reason to send nobody here. */
import { withPatience } from '../kit/patience.ts'

/** Each resolves when its part answers. */
export interface HealthProbes {
  /** What the worker's role in Postgres may too much. */
  readonly postgres: () => Promise<readonly string[]>
  readonly objects: () => Promise<unknown>
  readonly keys: () => Promise<unknown>
}

export interface Health {
  /** `degraded`: what needs no Postgres works. */
  readonly status: 'ready' | 'degraded' | 'unavailable'
  readonly checks: {
    /** `overprivileged`: it answers, to a role with which the worker does not work. */
    readonly postgres: 'ok' | 'away' | 'overprivileged'
    readonly objects: 'ok' | 'away'
    readonly keys: 'ok' | 'away'
  }
}

/** What the answer says, and what only the log does. */
export interface CheckedHealth {
  readonly health: Health
  readonly roleRisks: readonly string[]
}

/** How long any part may take to answer. */
export const patienceMilliseconds = 2000

/** Asks all parts at once; none is waited for longer than two seconds. Never throws. */
export async function checkHealth(probes: HealthProbes): Promise<CheckedHealth> {
  const [risks, objects, keys] = await Promise.all([
    answerOf('postgres', probes.postgres),
    answerOf('objects', probes.objects),
    answerOf('keys', probes.keys),
  ])
  const roleRisks = risks === away ? [] : risks
  const checks = {
    postgres: roleRisks.length > 0 ? 'overprivileged' : risks === away ? 'away' : 'ok',
    objects: objects === away ? 'away' : 'ok',
    keys: keys === away ? 'away' : 'ok',
  } as const
  return { health: { status: statusOf(checks), checks }, roleRisks }
}

function statusOf({ postgres, objects, keys }: Health['checks']): Health['status'] {
  if (objects === 'away' || keys === 'away' || postgres === 'overprivileged') return 'unavailable'
  return postgres === 'away' ? 'degraded' : 'ready'
}

const away = Symbol('away')

const answerOf = <T>(name: string, probe: () => Promise<T>): Promise<T | typeof away> =>
  withPatience(Promise.resolve().then(probe), patienceMilliseconds, name).catch(() => away)
