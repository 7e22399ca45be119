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
import { environment, type Printed, type Start } from './applications.ts'
import type { Served } from './serve.ts'

const source = join(import.meta.dirname, 'next-application')
const built = join(projectRoot, '.authly/clients')
const packages = ['core', 'server']
const quiet = { NEXT_TELEMETRY_DISABLED: '1' }

/** The first time everything is downloaded. */
export const installNextTimeoutMs = 600_000

export type NextApplication = { install(): Promise<void>; readonly start: Start }

/**
 * @param version of Next.js, exact. Before 16 the proxy is called middleware, and runs in the Edge runtime, whose
 * `Request` and `fetch` are of their own kind
 */
export function nextApplication(version: string): NextApplication {
  const name = `next-${version}`
  const folder = join(built, name)
  const next = join(folder, 'node_modules/next/dist/bin/next')
  return {
    install: () =>
      installOnce(built, name, versionOfSources(), async () => {
        await runStep([process.execPath, 'scripts/build-sdk.ts'], projectRoot)
        rmSync(folder, { recursive: true, force: true })
        cpSync(source, folder, { recursive: true })
        if (Number.parseInt(version, 10) < 16) renameProxy(folder)
        const manifest = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'))
        manifest.dependencies.next = version
        for (const each of packages)
          manifest.dependencies[`@authly-server/${each}`] = await pack(each, folder)
        writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, null, 2))
        await runStep(['npm', 'install', '--no-audit', '--no-fund'], folder)
        await runStep([process.execPath, next, 'build'], folder, quiet)
      }),
    start: (printed) => serve(folder, next, printed),
  }
}

function renameProxy(folder: string): void {
  const text = readFileSync(join(folder, 'proxy.ts'), 'utf8')
  writeFileSync(join(folder, 'middleware.ts'), text.replace('export const proxy', 'export const middleware'))
  rmSync(join(folder, 'proxy.ts'))
}

/** @returns how `package.json` names the packed files */
async function pack(name: string, folder: string): Promise<string> {
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

async function serve(folder: string, next: string, printed: Printed): Promise<Served> {
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
