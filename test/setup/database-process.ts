/** The database of a worker test run, as a process of its own; it ends with the process that forked it. */
import pg from 'pg'
import { startDatabase } from '../../scripts/database/start-database.ts'

process.on('SIGINT', () => undefined)
const database = await startDatabase({ ephemeral: true })
// Migrated and untouched: databases of single test files are copies of it.
const client = new pg.Client(database.ownerUrl)
await client.connect()
await client.query('CREATE DATABASE authly_template TEMPLATE authly')
await client.end()
const stop = () => void database.stop().finally(() => process.exit())
process.once('disconnect', stop)
if (process.connected)
  process.send?.({
    databaseUrl: database.databaseUrl,
    ownerUrl: database.ownerUrl,
    gatewayUrl: database.gatewayUrl ?? '',
  })
else stop()
