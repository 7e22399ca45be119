/** `npm run db`: everything `wrangler dev` needs (database, gateway, `.dev.vars`), until Ctrl-C. */
import { join } from 'node:path'
import { OperatorError } from './process/operator-error.ts'
import { runUntilStopped } from './process/run-until-stopped.ts'
import { developmentPort } from './stack/development-port.ts'
import { prepareDevelopment } from './stack/prepare-development.ts'

const root = join(import.meta.dirname, '..')

await runUntilStopped(async (life) => {
  const port = developmentPort()
  const development = await prepareDevelopment({
    root,
    issuer: `http://localhost:${port}`,
    command: 'npm run db',
  })
  life.onStop(development.stop)
  development.database.onCrash(() => {
    life.fail(
      new OperatorError(
        'Postgres ended unexpectedly.',
        'Its log is .authly/postgres.log; then run npm run db again.',
      ),
    )
  })
  const { newAdminPassword, facts } = development
  const lines = [
    '',
    '  The database is up; .dev.vars is written.',
    `  Now start the worker in another terminal: npx wrangler dev${port === 8787 ? '' : ` --port ${port}`}`,
    `  Messages arrive at ${facts.inbox_url}`,
    '  Database URL, demo clients and secrets: .authly/dev.json',
  ]
  if (newAdminPassword !== undefined) {
    lines.push(
      `  Sign in as ${facts.admin?.username} with the one-time password ${newAdminPassword} (shown once).`,
    )
  }
  process.stdout.write(`${[...lines, '  Stop with Ctrl-C.', ''].join('\n')}\n`)
})
