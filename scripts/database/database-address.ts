/** Parses a Postgres connection URL once, so that gateway, migrations and checks agree on its meaning. */
import type pg from 'pg'
import { OperatorError } from '../process/operator-error.ts'

export type DatabaseAddress = {
  host: string
  port: number
  user: string
  password: string
  database: string
  ssl: pg.ClientConfig['ssl']
  /** Hosts of Neon serve its HTTP protocol themselves and need no gateway. */
  isNeon: boolean
}

/** Throws OperatorError when `databaseUrl` (the variable `name`) is not a postgres:// URL with user, host and database. */
export function parseDatabaseUrl(databaseUrl: string, name = 'DATABASE_URL'): DatabaseAddress {
  const url = URL.canParse(databaseUrl) ? new URL(databaseUrl) : undefined
  const database = url?.pathname.slice(1) ?? ''
  const isPostgres = url !== undefined && /^postgres(ql)?:$/.test(url.protocol)
  if (!isPostgres || url.hostname === '' || url.username === '' || database === '') {
    throw new OperatorError(
      `${name} is not a Postgres connection URL.`,
      'It should look like postgresql://user:password@host:5432/database. Unset it (and the other of DATABASE_URL and DATABASE_OWNER_URL) to use the embedded Postgres.',
    )
  }
  const isNeon = url.hostname.endsWith('.neon.tech')
  const mode = url.searchParams.get('sslmode')
  // As in libpq: `require` encrypts, only `verify-ca` and `verify-full` check the certificate. Neon's is public.
  const encrypted = { rejectUnauthorized: isNeon || mode?.startsWith('verify-') === true }
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || 5432),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(database),
    ssl: isNeon || (mode !== null && !['disable', 'allow', 'prefer'].includes(mode)) ? encrypted : false,
    isNeon,
  }
}

/** Settings for a `pg` client at this address, with a connection timeout. */
export function clientConfig(databaseUrl: string, connectTimeoutMs = 10_000): pg.ClientConfig {
  const { isNeon: _, ...address } = parseDatabaseUrl(databaseUrl)
  return { ...address, connectionTimeoutMillis: connectTimeoutMs, application_name: 'authly-scripts' }
}
