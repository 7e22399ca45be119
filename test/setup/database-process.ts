/** The database of a worker test run, as a process of its own; it ends with the process that forked it. */
import { startDatabase } from '../../scripts/database/start-database.ts'

process.on('SIGINT', () => undefined)
const database = await startDatabase({ ephemeral: true })
const stop = () => void database.stop().finally(() => process.exit())
process.once('disconnect', stop)
if (process.connected)
  process.send?.({ databaseUrl: database.databaseUrl, gatewayUrl: database.gatewayUrl ?? '' })
else stop()
