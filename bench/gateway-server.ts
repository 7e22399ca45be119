/**
 * The local Neon gateway in a process of its own, so that its CPU time can be told apart. In production Neon's own
 * proxy stands there. Environment: DATABASE_URL, PORT.
 */
import { startNeonGateway } from '../scripts/database/neon-gateway.ts'

await startNeonGateway({ databaseUrl: process.env['DATABASE_URL'] ?? '', port: Number(process.env['PORT']) })
