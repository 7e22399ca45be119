/**
 * The two roles of a database. One owns it and migrates; the worker's owns nothing, so that an attacker with the
 * worker's connection can neither change the schema nor bypass what it enforces.
 */
import { OperatorError } from '../process/operator-error.ts'
import { parseDatabaseUrl } from './database-address.ts'

export type DatabaseUrls = {
  /** The worker's: `DATABASE_URL`. */
  readonly databaseUrl: string
  /** The owner's: `DATABASE_OWNER_URL`. The worker never sees it. */
  readonly ownerUrl: string
}

const explanation =
  'DATABASE_OWNER_URL is the role that owns the database and migrates it, DATABASE_URL another one for the worker, which ' +
  'owns nothing; it is made when there is none of that name (docs/deployment.md).'

/** The addresses in `env`; undefined if it has none. Throws OperatorError unless they are two roles of one database. */
export function findDatabaseUrls(
  env: Readonly<Record<string, string | undefined>>,
): DatabaseUrls | undefined {
  const databaseUrl = env['DATABASE_URL'] || undefined
  const ownerUrl = env['DATABASE_OWNER_URL'] || undefined
  if (databaseUrl === undefined && ownerUrl === undefined) return undefined
  const worker = databaseUrl === undefined ? undefined : parseDatabaseUrl(databaseUrl)
  const owner = ownerUrl === undefined ? undefined : parseDatabaseUrl(ownerUrl, 'DATABASE_OWNER_URL')
  if (databaseUrl === undefined || worker === undefined)
    throw new OperatorError('DATABASE_URL is missing.', explanation)
  if (ownerUrl === undefined || owner === undefined)
    throw new OperatorError('DATABASE_OWNER_URL is missing.', explanation)
  if (owner.user === worker.user) {
    throw new OperatorError(
      `DATABASE_OWNER_URL and DATABASE_URL are the same role, "${owner.user}".`,
      explanation,
    )
  }
  if (owner.database !== worker.database) {
    throw new OperatorError(
      `DATABASE_OWNER_URL and DATABASE_URL are two databases, "${owner.database}" and "${worker.database}".`,
      explanation,
    )
  }
  // Every Neon project names its database `neondb`: without this check, one region could be migrated and another one
  // served. On other hosts a pooler may have a different host name.
  const [ownerEndpoint, workerEndpoint] = [owner, worker].map(({ host }) => host.replace(/-pooler(?=\.)/, ''))
  if (ownerEndpoint?.endsWith('.neon.tech') && ownerEndpoint !== workerEndpoint) {
    throw new OperatorError(
      `DATABASE_OWNER_URL and DATABASE_URL are two servers, "${owner.host}" and "${worker.host}".`,
      explanation,
    )
  }
  return { databaseUrl, ownerUrl }
}

/** The addresses in the environment of this process. Throws OperatorError when they are missing. */
export function databaseUrlsOfProcess(): DatabaseUrls {
  const urls = findDatabaseUrls(process.env)
  if (urls === undefined)
    throw new OperatorError('DATABASE_URL and DATABASE_OWNER_URL are missing.', explanation)
  return urls
}
