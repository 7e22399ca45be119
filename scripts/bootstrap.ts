/**
 * `npm run bootstrap`: sets up the database in DATABASE_OWNER_URL for a new deployment: the first administrator, the
 * scopes and the server's own clients. Prints the one-time password once; a later run only adds what a newer release
 * needs. `--issuer` (or AUTHLY_ISSUER) is the URL of the worker: without it nobody can sign in to the API
 * documentation.
 */
import { parseArgs } from 'node:util'
import { bootstrapDatabase } from './bootstrap/bootstrap-database.ts'
import { databaseUrlsOfProcess } from './database/database-urls.ts'
import { migrateDatabase } from './migrate.ts'
import { describeFailure, errorCode } from './process/operator-error.ts'

const usage = `Usage: DATABASE_OWNER_URL=… DATABASE_URL=… npm run bootstrap -- [options]

  --issuer <url>     where the worker serves; default AUTHLY_ISSUER
  --username <name>  of the first administrator; default admin
  --email <address>  of the first administrator; default admin@authly.local
  -h, --help         this text`

try {
  const { values } = parseArgs({
    options: {
      username: { type: 'string', default: 'admin' },
      email: { type: 'string', default: 'admin@authly.local' },
      issuer: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(usage)
    process.exit(0)
  }
  const urls = databaseUrlsOfProcess()
  await migrateDatabase(urls)
  const { username, email, issuer = process.env['AUTHLY_ISSUER'] } = values
  if (issuer === undefined) console.log('No --issuer: the API documentation gets no client to sign in with.')
  const { admin, deletedClients } = await bootstrapDatabase(urls.ownerUrl, {
    admin: { username, email },
    issuer,
  })
  for (const id of deletedClients) console.log(`The client ${id} was deleted: it is not made again.`)
  if (admin?.password === undefined)
    console.log(`There is an administrator already (${admin?.username}): no other was made.`)
  else console.log(`Administrator ${admin.username} <${admin.email}>, one-time password: ${admin.password}`)
} catch (error) {
  const isUsage = errorCode(error)?.startsWith('ERR_PARSE_ARGS') ?? false
  process.stderr.write(isUsage ? `\n${(error as Error).message}\n\n${usage}\n` : describeFailure(error))
  process.exitCode = 1
}
