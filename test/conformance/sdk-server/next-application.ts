/** The application with Next.js: built once with the SDK as it is published, then run with `next start`. */
import { createHash } from 'node:crypto'
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findFreePort } from '../../../scripts/process/free-port.ts'
import { spawnGuarded } from '../../../scripts/process/guarded-child.ts'
import { runStep } from '../../../scripts/process/run-step.ts'
import { waitUntilServing } from '../../../scripts/process/wait-until.ts'
import { projectRoot } from '../../../scripts/stack/worker-bundle.ts'
import { installOnce } from '../../../scripts/toolchains/install-once.ts'
import { environment, type Start } from './applications.ts'

const source = join(import.meta.dirname, 'next-application')
const built = join(projectRoot, '.authly/clients')
const folder = join(built, 'next')
const packages = ['core', 'server']

/** The first time everything is downloaded. */
export const installNextTimeoutMs = 600_000

export const installNext = (): Promise<void> =>
  installOnce(built, 'next', versionOfSources(), async () => {
    await runStep([process.execPath, 'scripts/build-sdk.ts'], projectRoot)
    rmSync(folder, { recursive: true, force: true })
    cpSync(source, folder, { recursive: true })
    const manifest = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'))
    for (const name of packages) manifest.dependencies[`@authly-server/${name}`] = await pack(name)
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, null, 2))
    await runStep(['npm', 'install', '--no-audit', '--no-fund'], folder)
    await runStep([process.execPath, next, 'build'], folder, quiet)
  })

/** @returns how `package.json` names the packed files */
async function pack(name: string): Promise<string> {
  const target = join(folder, 'packed', name)
  mkdirSync(target, { recursive: true })
  await runStep(['npm', 'pack', '--pack-destination', target], join(projectRoot, 'sdk/js', name))
  return `file:${globSync('*.tgz', { cwd: target }).map((file) => join('packed', name, file))[0]}`
}

function versionOfSources(): string {
  const files = [
    ...packages.flatMap((name) =>
      globSync(`sdk/js/${name}/{package.json,src/**/*.ts}`, { cwd: projectRoot }),
    ),
    ...globSync('test/conformance/sdk-server/next-application/**/*.{ts,tsx,json}', { cwd: projectRoot }),
  ]
  const hash = createHash('sha256')
  for (const file of files.sort()) hash.update(file).update(readFileSync(join(projectRoot, file)))
  return hash.digest('hex')
}

const next = join(folder, 'node_modules/next/dist/bin/next')
const quiet = { NEXT_TELEMETRY_DISABLED: '1' }

export const startNext: Start = async (printed) => {
  const port = await findFreePort()
  const origin = `http://127.0.0.1:${port}`
  const output = process.env['AUTHLY_TEST_LOG'] === undefined ? 'ignore' : 'inherit'
  const child = await spawnGuarded(
    process.execPath,
    [next, 'start', '--port', String(port), '--hostname', '127.0.0.1'],
    {
      cwd: folder,
      stdio: ['ignore', output, output],
      env: { ...process.env, ...quiet, NODE_ENV: 'production', ...environment(printed, origin) },
    },
  )
  try {
    await waitUntilServing(`${origin}/`, child.exited)
  } catch (error) {
    await child.stop('SIGKILL')
    throw error
  }
  return { origin, close: () => child.stop() }
}
