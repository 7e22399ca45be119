/**
 * The local Neon gateway for the admin benchmark, in a process of its own: it notes how long the database took for
 * each request, and on demand the statements themselves, so that what is explained is what was sent.
 * Environment: DATABASE_URL, PORT, CONTROL_PORT. `POST /start?statements=1` forgets and begins, `GET /` answers.
 */
import { createServer } from 'node:http'
import { startNeonGateway } from '../../scripts/database/neon-gateway.ts'

export interface Observed {
  /** Milliseconds of each request, in the order of their ends. */
  readonly times: readonly number[]
  readonly requests: readonly { readonly queries: readonly { text: string; values: unknown[] }[] }[]
}

const state = { times: [] as number[], requests: [] as { queries: { text: string; values: unknown[] }[] }[] }
let keepsStatements = false

const port = (name: string): number => Number(process.env[name])

await startNeonGateway({
  databaseUrl: process.env['DATABASE_URL'] ?? '',
  port: port('PORT'),
  onSql: ({ queries }, milliseconds) => {
    state.times.push(milliseconds)
    if (keepsStatements) state.requests.push({ queries })
  },
})

createServer((request, response) => {
  if (request.method === 'POST') {
    keepsStatements = request.url?.includes('statements=1') ?? false
    state.times = []
    state.requests = []
  }
  response.end(JSON.stringify(state))
}).listen(port('CONTROL_PORT'), '127.0.0.1')
