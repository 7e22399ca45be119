/**
 * `npm run bootstrap`: the first administrator (and the standard scopes) of the database in DATABASE_URL, for a new
 * deployment. Prints the one-time password once; when there is an administrator already it changes nothing.
 */
import { parseArgs } from 'node:util'
import { bootstrapDatabase } from './bootstrap/bootstrap-database.ts'
import { migrateDatabase } from './migrate.ts'
import { describeFailure } from './process/operator-error.ts'

try {
  const { values } = parseArgs({
    options: {
      username: { type: 'string', default: 'admin' },
      email: { type: 'string', default: 'admin@authly.local' },
    },
  })
  const databaseUrl = process.env['DATABASE_URL'] ?? ''
  await migrateDatabase(databaseUrl)
  const { admin } = await bootstrapDatabase(databaseUrl, { admin: values })
  if (admin?.password === undefined)
    console.log(`There is an administrator already (${admin?.username}): nothing changed.`)
  else console.log(`Administrator ${admin.username} <${admin.email}>, one-time password: ${admin.password}`)
} catch (error) {
  process.stderr.write(describeFailure(error))
  process.exitCode = 1
}
