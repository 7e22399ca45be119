/**
 * `npm start`: database, gateway, migrations, bootstrap, then the worker under `wrangler dev`. With `--ephemeral`, a server
 * for tests (`ephemeral/`).
 */
import { join } from 'node:path'
import { offerDemo } from './demo/offer-demo.ts'
import { OperatorError } from './process/operator-error.ts'
import { runUntilStopped } from './process/run-until-stopped.ts'
import { placeGuide, startBuild, startGuideBuild, untilBuilt } from './stack/build-files.ts'
import { checkPortIsFree, demoPort } from './stack/development-port.ts'
import { prepareDevelopment } from './stack/prepare-development.ts'
import { readStartOptions } from './stack/start-options.ts'
import { developmentSummary } from './stack/summary.ts'
import { startWranglerDev, untilServing } from './stack/wrangler-dev.ts'

const root = join(import.meta.dirname, '..')

await runUntilStopped(async (life) => {
  const options = readStartOptions(process.argv.slice(2))
  if (options.kind === 'help') {
    process.stdout.write(options.text)
    return life.stop()
  }
  if (options.kind === 'ephemeral') {
    const { startEphemeral } = await import('./ephemeral/start-ephemeral.ts')
    return startEphemeral(life, options)
  }
  const { port } = options
  const issuer = `http://localhost:${port}`
  const demo = { port: demoPort(), origin: `http://localhost:${demoPort()}` }
  const build = await startBuild(root)
  life.onStop(() => build.stop())
  const development = await prepareDevelopment({
    ...{ root, issuer, demoOrigin: demo.origin, command: 'npm start' },
    preflight: () => checkPortIsFree(port),
  })
  life.onStop(development.stop)
  development.database.onCrash(() => {
    life.fail(
      new OperatorError(
        'Postgres ended unexpectedly.',
        'Its log is .authly/postgres.log; then run npm start again.',
      ),
    )
  })
  await untilBuilt(build)
  await placeGuide(root)
  const worker = await startWranglerDev(root, port)
  life.onStop(() => worker.stop())
  worker.exited.then((code) =>
    life.fail(new OperatorError(`wrangler dev ended (exit code ${code}).`, 'Run npm start again.')),
  )
  await untilServing(worker, issuer)
  // Nothing else runs the cron trigger of wrangler.toml here, and without it the audit trail would never be sealed.
  const cron = setInterval(
    () => fetch(`${issuer}/cdn-cgi/handler/scheduled`).catch(() => undefined),
    5 * 60_000,
  )
  life.onStop(async () => clearInterval(cron))
  const served = development.hasDemo ? await offerDemo(root, issuer, demo.port) : undefined
  life.onStop(async () => served?.stop?.())
  process.stdout.write(developmentSummary(development, served))
  worker.showOutput()
  const guide = await startGuideBuild(root)
  life.onStop(() => guide.build.stop())
  if (await guide.isNew) worker.listAssets()
})
