/**
 * `npm run bootstrap`: the first administrator, the scopes and the server's own clients of the database in DATABASE_URL,
 * for a new deployment. Prints the one-time password once; run again it only brings what a newer release needs.
 * `--issuer` (or AUTHLY_ISSUER) is where the worker serves: without it nobody can sign in to the API documentation.
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
      issuer: { type: 'string' },
    },
  })
  const databaseUrl = process.env['DATABASE_URL'] ?? ''
  await migrateDatabase(databaseUrl)
  const { issuer = process.env['AUTHLY_ISSUER'], ...person } = values
  if (issuer === undefined) console.log('No --issuer: the API documentation gets no client to sign in with.')
  const { admin, deletedClients } = await bootstrapDatabase(databaseUrl, { admin: person, issuer })
  for (const id of deletedClients) console.log(`The client ${id} was deleted: it is not made again.`)
  if (admin?.password === undefined)
    console.log(`There is an administrator already (${admin?.username}): no other was made.`)
  else console.log(`Administrator ${admin.username} <${admin.email}>, one-time password: ${admin.password}`)
} catch (error) {
  process.stderr.write(describeFailure(error))
  process.exitCode = 1
}
