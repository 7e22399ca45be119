/** A server in place of Authly, and the command line run against it. */
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { loadCatalogue } from '../../cli/api/catalogue.ts'
import { createCommands } from '../../cli/commands/index.ts'
import { runProgram } from '../../cli/run-program.ts'
import { testTerminal } from './terminal.ts'

export interface FakeServer {
  readonly issuer: string
  stop(): void
}

/** Listens on a port of its own. */
export async function serveApi(handler: RequestListener): Promise<FakeServer> {
  const server = createServer(handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop() {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** Runs a command with a token in the environment, and nobody at the terminal. */
export async function runCli(issuer: string, ...argv: string[]) {
  const env = { HOME: '/nonexistent', AUTHLY_ISSUER: issuer, AUTHLY_TOKEN: 'given' }
  const terminal = testTerminal({ env })
  return { code: await runProgram(createCommands(loadCatalogue()), argv, terminal), ...terminal.printed }
}
