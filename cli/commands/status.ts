/** `status`, which has to say something when there is nothing to ask: the operation itself needs Postgres. */
import type { Command } from '../command.ts'
import { Failure } from '../failure.ts'

/** Health itself takes five seconds when the database hangs. */
const timeoutMilliseconds = 7000

/** `command`, preceded by the one question that a server answers without its database and without a token. */
export const sayingWhatIsAway = (command: Command): Command => ({
  ...command,
  async run(context) {
    if (!context.global.dryRun) await failWhenAway((await context.session()).issuer)
    return command.run(context)
  },
})

async function failWhenAway(issuer: string): Promise<void> {
  const health = await readHealth(issuer)
  const hint = `${issuer}/health/ready shows which part is unavailable.`
  if (health?.status === 'unavailable') {
    throw new Failure('unavailable', 'The server is up, but cannot issue tokens.', { hint, problem: health })
  }
  if (health?.components?.['postgres']?.status === 'unavailable') {
    const message = 'The database is down. Tokens are still issued and refreshed; nobody can sign in.'
    throw new Failure('unavailable', message, { hint, problem: health })
  }
}

interface Health {
  readonly status?: unknown
  readonly components?: Readonly<Record<string, { readonly status?: unknown } | undefined>>
}

/** Undefined from a server that is older than the question, or not reached: the operation then says what it sees. */
async function readHealth(issuer: string): Promise<Health | undefined> {
  try {
    const response = await fetch(`${issuer}/health/ready`, {
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMilliseconds),
    })
    const health: unknown = await response.json()
    return typeof health === 'object' && health !== null ? (health as Health) : undefined
  } catch {
    return undefined
  }
}
