/**
 * Whether this deployment can serve requests. Tokens are issued without Postgres, so its failure alone must not
 * stop traffic.
 */
import { withTimeout } from '../kit/with-timeout.ts'

/** Each resolves when its component answers. */
export interface HealthProbes {
  /** The excess privileges of the worker's role in Postgres. */
  readonly postgres: () => Promise<readonly string[]>
  readonly objects: () => Promise<unknown>
  readonly keys: () => Promise<unknown>
}

export interface Health {
  /** `degraded`: only what needs no Postgres works. */
  readonly status: 'ready' | 'degraded' | 'unavailable'
  readonly checks: {
    /** `overprivileged`: it answers, but the worker refuses to work with such a role. */
    readonly postgres: 'ok' | 'unavailable' | 'overprivileged'
    readonly objects: 'ok' | 'unavailable'
    readonly keys: 'ok' | 'unavailable'
  }
}

/** The public status, and details for the log only. */
export interface CheckedHealth {
  readonly health: Health
  readonly roleRisks: readonly string[]
}

/** How long any component may take to answer. */
export const timeoutMilliseconds = 2000

/** Probes all components in parallel; none is waited for longer than two seconds. Never throws. */
export async function checkHealth(probes: HealthProbes): Promise<CheckedHealth> {
  const [risks, objects, keys] = await Promise.all([
    tryProbe('postgres', probes.postgres),
    tryProbe('objects', probes.objects),
    tryProbe('keys', probes.keys),
  ])
  const roleRisks = risks === unanswered ? [] : risks
  const checks = {
    postgres: roleRisks.length > 0 ? 'overprivileged' : risks === unanswered ? 'unavailable' : 'ok',
    objects: objects === unanswered ? 'unavailable' : 'ok',
    keys: keys === unanswered ? 'unavailable' : 'ok',
  } as const
  return { health: { status: statusOf(checks), checks }, roleRisks }
}

function statusOf({ postgres, objects, keys }: Health['checks']): Health['status'] {
  if (objects === 'unavailable' || keys === 'unavailable' || postgres === 'overprivileged')
    return 'unavailable'
  return postgres === 'unavailable' ? 'degraded' : 'ready'
}

const unanswered = Symbol('unanswered')

const tryProbe = <T>(name: string, probe: () => Promise<T>): Promise<T | typeof unanswered> =>
  withTimeout(Promise.resolve().then(probe), timeoutMilliseconds, name).catch(() => unanswered)
