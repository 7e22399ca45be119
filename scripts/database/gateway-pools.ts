/**
 * Connections from the gateway to its upstream, one pool per role and database. Postgres itself checks the credentials
 * of the client: the gateway grants nothing beyond them.
 */
import { createHash } from 'node:crypto'
import pg from 'pg'
import type { Credentials } from './gateway-request.ts'

export type GatewayPools = {
  find(credentials: Credentials): pg.Pool
  end(): Promise<void>
}

export type Upstream = { host: string; port: number; ssl: pg.ClientConfig['ssl'] }

const maxPools = 8
const connectTimeoutMs = 2_000
const queueTimeoutMs = 10_000

/** Gives up on an upstream that does not answer before the pool gives up on a free connection. */
class QuickClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    const settings = typeof config === 'string' ? { connectionString: config } : config
    // The pool makes its password non-enumerable, so it must be copied by name.
    super({ ...settings, password: settings?.password, connectionTimeoutMillis: connectTimeoutMs })
  }
}

/** Values stay text as sent by Postgres: the driver of the client parses them. */
const rawText = { getTypeParser: () => (value: unknown) => value } as unknown as pg.CustomTypesConfig

export function createGatewayPools(upstream: Upstream, connectionsPerPool: number): GatewayPools {
  const pools = new Map<string, pg.Pool>()

  const open = ({ user, password, database }: Credentials) => {
    const pool = new pg.Pool({
      ...upstream,
      user,
      password,
      database,
      max: connectionsPerPool,
      connectionTimeoutMillis: queueTimeoutMs,
      idleTimeoutMillis: 30_000,
      keepAlive: true,
      types: rawText,
      Client: QuickClient,
      application_name: 'authly-gateway',
    })
    // An idle connection that breaks (Postgres restarted) is dropped by the pool; the next query opens a new one.
    pool.on('error', () => undefined)
    return pool
  }

  return {
    find: (credentials) => {
      const { user, password, database } = credentials
      const key = createHash('sha256')
        .update(JSON.stringify([user, password, database]))
        .digest('base64')
      const known = pools.get(key)
      if (known !== undefined) return known
      const [oldestKey, oldest] = pools.entries().next().value ?? []
      if (pools.size >= maxPools && oldestKey !== undefined) {
        pools.delete(oldestKey)
        oldest?.end().catch(() => undefined)
      }
      const pool = open(credentials)
      pools.set(key, pool)
      return pool
    },
    end: async () => {
      await Promise.all([...pools.values()].map((pool) => pool.end()))
    },
  }
}
