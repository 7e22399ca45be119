/** A migrated database with the Neon gateway in front of it: what the worker needs, for development and for tests. */
import { migrateDatabase } from '../migrate.ts'
import { parseDatabaseUrl } from './database-address.ts'
import type { DatabaseUrls } from './database-urls.ts'
import {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from './embedded-postgres.ts'
import { startNeonGateway } from './neon-gateway.ts'

export type RunningDatabase = DatabaseUrls & {
  /** Base URL of the local gateway; undefined when the database is Neon itself. */
  readonly gatewayUrl: string | undefined
  /** Of a temporary cluster. */
  readonly superuserUrl: string | undefined
  /** Whether this start created the embedded cluster. */
  readonly isNew: boolean
  /** Simulates an outage: stops the embedded Postgres but not the gateway, which answers 503. */
  stopPostgres(mode?: 'fast' | 'immediate'): Promise<void>
  /** Ends the outage: the same data on the same port. */
  startPostgres(): Promise<void>
  /** Called when the embedded Postgres ends without having been stopped. */
  onCrash(listener: () => void): void
  stop(): Promise<void>
}

export type StartDatabaseOptions = EmbeddedPostgresOptions & {
  /** A Postgres or Neon of the operator's own, used instead of the embedded one. */
  urls?: DatabaseUrls | undefined
  gatewayPort?: number | undefined
}

/**
 * Starts (or connects to) Postgres, applies the migrations, and starts the gateway unless the host is Neon. Throws
 * OperatorError for what the operator can fix; nothing is left running then.
 */
export async function startDatabase(options: StartDatabaseOptions): Promise<RunningDatabase> {
  const own = options.urls
  if (own !== undefined && parseDatabaseUrl(own.databaseUrl).isNeon) {
    await migrateDatabase(own)
    return { ...controls(undefined), ...own, gatewayUrl: undefined, superuserUrl: undefined, isNew: false }
  }
  const embedded = own === undefined ? await startEmbeddedPostgres(options) : undefined
  const { databaseUrl, ownerUrl } = own ?? (embedded as EmbeddedPostgres)
  try {
    await migrateDatabase({ databaseUrl, ownerUrl })
    const gateway = await startNeonGateway({ databaseUrl, port: options.gatewayPort ?? 0 })
    const stop = async () => {
      await gateway.close()
      await embedded?.dispose()
    }
    return {
      ...controls(embedded),
      databaseUrl,
      ownerUrl,
      gatewayUrl: gateway.url,
      superuserUrl: embedded?.superuserUrl,
      isNew: embedded?.isNew ?? false,
      stop,
    }
  } catch (error) {
    await embedded?.dispose()
    throw error
  }
}

function controls(embedded: EmbeddedPostgres | undefined) {
  const need = () => {
    if (embedded === undefined) throw new Error('this database is not ours to stop')
    return embedded
  }
  return {
    stopPostgres: async (mode?: 'fast' | 'immediate') => need().stop(mode),
    startPostgres: async () => need().start(),
    onCrash: (listener: () => void) => embedded?.onCrash(listener),
    stop: async () => undefined,
  }
}
