/**
 * Alarms of Durable Objects under a moved clock. The platform rings by the real time, so alarms are set for that, and set
 * again whenever the clock moves. They are remembered here, in the isolate: an object may be evicted meanwhile.
 */
import { clockDistance } from './moved-date.ts'

/** The object's own class, as `new` sees it. */
export type ObjectClass = new (ctx: DurableObjectState, env: Env) => DurableObject

type Waiting = {
  /** By the moved clock. */
  at: number
  readonly resetAlarm: () => Promise<void>
}

const waiting = new Map<string, Waiting>()

const timeOf = (at: number | Date): number => (typeof at === 'number' ? at : at.getTime())

/** The real time at which a moved one comes. */
const realTimeOf = (at: number): number => at - clockDistance()

/** @param name of the class and of its export, @param find a stub of one of its objects */
export function withMovedAlarms(
  name: string,
  Base: ObjectClass,
  find: (env: Env, id: DurableObjectId) => { resetAlarm(): Promise<void> },
): ObjectClass {
  return class Moved extends Base {
    readonly #key: string
    readonly #reset: () => Promise<void>

    constructor(ctx: DurableObjectState, env: Env) {
      const key = `${name}:${ctx.id}`
      const { storage } = ctx
      const [setAlarm, getAlarm, deleteAlarm, deleteAll] = (
        ['setAlarm', 'getAlarm', 'deleteAlarm', 'deleteAll'] as const
      ).map((method) => storage[method].bind(storage)) as unknown as [
        DurableObjectStorage['setAlarm'],
        DurableObjectStorage['getAlarm'],
        DurableObjectStorage['deleteAlarm'],
        DurableObjectStorage['deleteAll'],
      ]
      const resetAlarm = () => find(env, ctx.id).resetAlarm()
      Object.assign(storage, {
        setAlarm: (at: number | Date) => {
          waiting.set(key, { at: timeOf(at), resetAlarm })
          return setAlarm(realTimeOf(timeOf(at)))
        },
        getAlarm: async () => {
          const real = await getAlarm()
          return real === null ? null : (waiting.get(key)?.at ?? real + clockDistance())
        },
        deleteAlarm: () => {
          waiting.delete(key)
          return deleteAlarm()
        },
        deleteAll: () => {
          waiting.delete(key)
          return deleteAll()
        },
      })
      // What the constructor of the worker's class does with its storage is moved already.
      super(ctx, env)
      this.#key = key
      this.#reset = async () => {
        const at = waiting.get(key)?.at
        if (at !== undefined) await setAlarm(realTimeOf(at))
      }
    }

    /** Called when the clock has moved. */
    resetAlarm(): Promise<void> {
      return this.#reset()
    }

    override async alarm(info?: AlarmInvocationInfo): Promise<void> {
      waiting.delete(this.#key)
      await super.alarm?.(info)
    }
  }
}

/** Sets every alarm again, by the clock of now, and waits until those that are due have rung, or ten real seconds. */
export async function ringDueAlarms(): Promise<{ readonly rung: number; readonly late: number }> {
  const now = Date.now()
  const due = [...waiting.entries()].filter(([, { at }]) => at <= now).map(([key, { at }]) => ({ key, at }))
  for (const { resetAlarm } of [...waiting.values()]) await resetAlarm()
  const isWaiting = ({ key, at }: { key: string; at: number }) => waiting.get(key)?.at === at
  const deadline = performance.now() + 10_000
  while (due.some(isWaiting) && performance.now() < deadline) await scheduler.wait(25)
  const late = due.filter(isWaiting).length
  return { rung: due.length - late, late }
}
