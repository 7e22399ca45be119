/** The program `authly`: the process becomes a Terminal, the exit status what `runProgram` says. */
import { loadCatalogue } from './api/catalogue.ts'
import { createCommands } from './commands/index.ts'
import { exitCodes } from './exit-codes.ts'
import { runProgram } from './run-program.ts'

const interruption = new AbortController()
process.once('SIGINT', () => {
  interruption.abort()
  // A second Ctrl-C ends it at once, and so does not ending in time.
  process.once('SIGINT', () => process.exit(exitCodes.interrupted.code))
  setTimeout(() => process.exit(exitCodes.interrupted.code), 2000).unref()
})
// `authly … | head`: nobody reads on.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

process.exitCode = await runProgram(createCommands(loadCatalogue()), process.argv.slice(2), {
  ...{ env: process.env, platform: process.platform },
  ...{ stdin: process.stdin, stdout: process.stdout, stderr: process.stderr },
  interrupted: interruption.signal,
  now: Date.now,
})
