/** The database of a worker test run, as a process of its own; it ends with the process that forked it. */
import { startDatabase } from '../../scripts/database/start-database.ts'

const database = await startDatabase({ ephemeral: true })
process.once('disconnect', () => void database.stop().finally(() => process.exit()))
process.on('SIGINT', () => undefined)
process.send?.({ databaseUrl: database.databaseUrl, gatewayUrl: database.gatewayUrl ?? '' })
