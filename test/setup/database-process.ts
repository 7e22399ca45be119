/** The database of a worker test run, as a process of its own; it ends with the process that forked it. */
import pg from 'pg'
import { startDatabase } from '../../scripts/database/start-database.ts'
import { storeSettings } from '../../scripts/database/store-settings.ts'
import { ownSettings } from './own-settings.ts'

process.on('SIGINT', () => undefined)
const database = await startDatabase({ ephemeral: true })
await storeSettings(database.ownerUrl, ownSettings)
// Migrated and otherwise untouched: databases of single test files are copies of it.
const client = new pg.Client(database.ownerUrl)
await client.connect()
await client.query('CREATE DATABASE authly_template TEMPLATE authly')
await client.end()
/**
 * Imported hashes that a file leaves behind: every refused sign-in of the files after it takes two seconds.
 */
async function expectNoImportedHashes(): Promise<void> {
  const client = new pg.Client(database.ownerUrl)
  await client.connect()
  const { rows } = await client.query(
    `SELECT username, hash FROM password_credentials JOIN users ON users.id = user_id
     WHERE hash NOT LIKE '$argon2id$v=19$m=19456,t=2,p=1$%'`,
  )
  await client.end()
  if (rows.length > 0) throw new Error(`tests left imported hashes behind: ${JSON.stringify(rows)}`)
}

async function stop(): Promise<void> {
  try {
    await expectNoImportedHashes()
  } catch (error) {
    console.error(error)
    process.exitCode = 1
  }
  await database.stop().finally(() => process.exit())
}
process.once('disconnect', () => void stop())
if (process.connected)
  process.send?.({
    databaseUrl: database.databaseUrl,
    ownerUrl: database.ownerUrl,
    gatewayUrl: database.gatewayUrl ?? '',
  })
else void stop()
