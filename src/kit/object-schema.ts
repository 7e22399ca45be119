/**
 * The tables of a Durable Object: made at its first write, moved forward by version. Objects are evicted and
 * built again all the time, so that an existing schema costs one lookup; and reading an object that never
 * stored anything leaves it empty, against filling storage by asking about strangers.
 */

export interface ObjectSchema {
  /** Whether there are tables to read from. */
  exists(): boolean
  /** Creates what is missing. Call before every write. */
  ensure(): void
  /** Call when a transaction that may have made the tables was rolled back. */
  forget(): void
  /** Drops everything the object stores. It may be written to again afterwards. */
  drop(): Promise<void>
}

const versionKey = 'schema_version'

/** @param migrations SQL scripts, oldest first; add at the end, never change one that was deployed */
export function createObjectSchema(
  storage: DurableObjectStorage,
  migrations: readonly string[],
): ObjectSchema {
  let version: number | undefined

  const migrate = (from: number) => {
    storage.transactionSync(() => {
      for (const script of migrations.slice(from)) storage.sql.exec(script)
      storage.kv.put(versionKey, migrations.length)
    })
    version = migrations.length
  }
  const currentVersion = (): number => {
    version ??= storage.kv.get<number>(versionKey) ?? 0
    if (version > 0 && version < migrations.length) migrate(version)
    return version
  }

  return {
    exists: () => currentVersion() > 0,
    ensure() {
      if (currentVersion() === 0) migrate(0)
    },
    forget() {
      version = undefined
    },
    async drop() {
      version = 0
      await storage.deleteAll()
    },
  }
}
