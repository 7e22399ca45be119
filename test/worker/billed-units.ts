/**
 * Counts what Cloudflare bills for Durable Objects: requests (calls and alarms), rows read and written. Alarms do not
 * fire by themselves meanwhile; `runAlarms` runs them, so that what an operation leaves for later is counted with it.
 */
import { runInDurableObject } from 'cloudflare:test'
import { vi } from 'vitest'
import type { AuditOutbox } from '../../src/audit/audit-outbox.object.ts'

export interface ObjectUnits {
  requests: number
  rowsRead: number
  rowsWritten: number
}

type Method = (this: DurableObjectStorage, ...input: never[]) => unknown

/** What was done through one part of an object's storage (SQL, keys and values, alarms). */
interface Tally {
  rowsRead: number
  rowsWritten: number
  /** Read at the end, because a cursor counts while it is read. */
  readonly cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[]
}

export interface BilledUnits {
  /** Of all objects called since the last `reset`. Others, which belong to other requests, do not count. */
  count(): Promise<ObjectUnits>
  reset(): void
  /** Makes every call of the namespaces in `env` known to `runAlarms`. */
  watch<T extends object>(env: T): T
  /**
   * Runs the alarms that were set since the last `reset`, in order and at their time, up to `milliseconds` from now.
   * Each counts as a request.
   */
  runAlarms(milliseconds: number): Promise<void>
  /** Runs every pending alarm of those objects once, now. */
  drain(): Promise<void>
  /** Sizes of the databases of all objects called since the last `reset`, in bytes. */
  databaseSizes(): Promise<readonly number[]>
  restore(): void
}

/** @param anyStub of a SQLite-backed object: all of them share the prototypes that are counted at */
export async function countBilledUnits(anyStub: DurableObjectStub<AuditOutbox>): Promise<BilledUnits> {
  let requests = 0
  let tallies = new WeakMap<object, Tally>()
  /** Objects whose alarm was set since the last reset. */
  let alarmed = new WeakSet()
  const called = new Map<string, DurableObjectStub>()
  const alarms = new WeakMap<object, number>()
  const undo: (() => void)[] = []

  /** Replaces a method where it is defined. */
  const replace = (target: object, name: string, make: (original: Method) => Method): void => {
    let owner: object | null = target
    while (owner !== null && !Object.hasOwn(owner, name))
      owner = Object.getPrototypeOf(owner) as object | null
    if (owner === null) throw new Error(`no method ${name}`)
    const methods = owner as Record<string, Method>
    const original = methods[name] as Method
    methods[name] = make(original)
    undo.push(() => {
      methods[name] = original
    })
  }
  const tallyOf = (part: object): Tally => {
    const tally = tallies.get(part) ?? { rowsRead: 0, rowsWritten: 0, cursors: [] }
    tallies.set(part, tally)
    return tally
  }
  const counted =
    (unit: 'rowsRead' | 'rowsWritten') =>
    (original: Method): Method =>
      function (...input) {
        tallyOf(this)[unit]++
        return original.apply(this, input)
      }

  await runInDurableObject(anyStub, (_, { storage }) => {
    replace(
      storage.sql,
      'exec',
      (original) =>
        function (...input) {
          const cursor = original.apply(this, input) as Tally['cursors'][number]
          tallyOf(this).cursors.push(cursor)
          return cursor
        },
    )
    // Keys and values are rows of a hidden table.
    replace(storage.kv, 'get', counted('rowsRead'))
    replace(storage.kv, 'put', counted('rowsWritten'))
    replace(storage.kv, 'delete', counted('rowsWritten'))
    replace(storage, 'deleteAll', counted('rowsWritten'))
    replace(
      storage,
      'setAlarm',
      () =>
        async function (...[at]: never[]) {
          tallyOf(this).rowsWritten++
          alarms.set(this, Number(at))
          alarmed.add(this)
        },
    )
    replace(
      storage,
      'getAlarm',
      () =>
        async function () {
          tallyOf(this).rowsRead++
          return alarms.get(this) ?? null
        },
    )
  })

  const ring = (stub: DurableObjectStub): Promise<void> =>
    runInDurableObject(stub, async (instance, { storage }) => {
      if (alarms.delete(storage)) await instance.alarm?.()
    })

  const nextAlarm = async (until: number) => {
    const due: { stub: DurableObjectStub; at: number }[] = []
    for (const stub of called.values()) {
      const at = await runInDurableObject(stub, (_, { storage }) =>
        alarmed.has(storage) ? alarms.get(storage) : undefined,
      )
      if (at !== undefined && at <= until) due.push({ stub, at })
    }
    return due.toSorted((left, right) => left.at - right.at)[0]
  }

  return {
    async count() {
      const units = { requests, rowsRead: 0, rowsWritten: 0 }
      for (const stub of called.values()) {
        await runInDurableObject(stub, (_, { storage }) => {
          for (const part of [storage.sql, storage.kv, storage]) {
            const { rowsRead, rowsWritten, cursors } = tallyOf(part)
            for (const counts of [{ rowsRead, rowsWritten }, ...cursors]) {
              units.rowsRead += counts.rowsRead
              units.rowsWritten += counts.rowsWritten
            }
          }
        })
      }
      return units
    },

    reset() {
      requests = 0
      tallies = new WeakMap()
      alarmed = new WeakSet()
      called.clear()
    },

    watch: (env) =>
      Object.fromEntries(
        Object.entries(env).map(([binding, value]) => [
          binding,
          isNamespace(value)
            ? watchNamespace(value, (name, stub) => {
                requests++
                called.set(`${binding} ${name}`, stub)
              })
            : value,
        ]),
      ) as typeof env,

    async runAlarms(milliseconds) {
      const until = Date.now() + milliseconds
      vi.useFakeTimers({ toFake: ['Date'] })
      try {
        for (let next = await nextAlarm(until); next; next = await nextAlarm(until)) {
          vi.setSystemTime(Math.max(Date.now(), next.at))
          requests++
          await ring(next.stub)
        }
      } finally {
        vi.useRealTimers()
      }
    },

    async drain() {
      for (const stub of called.values()) await ring(stub)
    },

    async databaseSizes() {
      const stubs = [...called.values()]
      return Promise.all(
        stubs.map((stub) => runInDurableObject(stub, (_, { storage }) => storage.sql.databaseSize)),
      )
    },

    restore() {
      for (const step of undo.reverse()) step()
    },
  }
}

const isNamespace = (value: unknown): value is DurableObjectNamespace =>
  typeof value === 'object' && value !== null && 'getByName' in value

function watchNamespace(
  namespace: DurableObjectNamespace,
  onCall: (name: string, stub: DurableObjectStub) => void,
): DurableObjectNamespace {
  return new Proxy(namespace, {
    get(target, property) {
      const member = Reflect.get(target, property) as unknown
      if (property !== 'getByName') return typeof member === 'function' ? member.bind(target) : member
      return (name: string) => {
        const stub = target.getByName(name)
        return new Proxy(stub, {
          get(inner, method) {
            const call = Reflect.get(inner, method) as unknown
            if (typeof call !== 'function' || typeof method !== 'string') return call
            return (...input: unknown[]) => {
              onCall(name, stub)
              return Reflect.apply(call, inner, input) as unknown
            }
          },
        })
      }
    },
  })
}
