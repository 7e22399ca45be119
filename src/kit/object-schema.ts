/**
 * The tables of a Durable Object: created at its first write, migrated by version. Objects are evicted and
 * recreated all the time, so checking an existing schema costs one lookup. Reading an object that never stored
 * anything leaves it empty, so that requests about unknown users cannot fill storage.
 */

export interface ObjectSchema {
  /** Whether the tables exist. */
  exists(): boolean
  /** Creates what is missing. Must be called before every write. */
  ensure(): void
  /** Must be called when a transaction that may have created the tables was rolled back. */
  forget(): void
  /** Deletes everything the object stores. It may be written to again afterwards. */
  drop(): Promise<void>
}

const versionKey = 'schema_version'

/** @param migrations SQL scripts, oldest first; append new ones, never change one that was deployed */
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
