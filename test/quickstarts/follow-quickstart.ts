/** Does what a quickstart tells its reader to do, in a folder that is empty at first. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Commands, Quickstart } from '../../scripts/docs/quickstart.ts'
import { type GuardedChild, spawnGuarded } from '../../scripts/process/guarded-child.ts'
import { projectRoot } from '../../scripts/stack/worker-bundle.ts'

export interface Surroundings {
  /** For commands in Authly's folder: where it is, and who is at the keyboard. */
  readonly authly: Readonly<Record<string, string>>
  /** Where npm gets the packages of the SDK. */
  readonly registryUrl: string
  /** Where its programs are found. */
  readonly path: string
}

export interface Followed {
  /** Its application's folder. */
  readonly folder: string
  stop(): Promise<void>
}

/** In the documentation the folders of Authly and of the application lie side by side. */
const applicationPath = '../my-app'

/** @throws Error with everything that was printed, when a command fails or an address does not answer */
export async function followQuickstart(
  quickstart: Quickstart,
  surroundings: Surroundings,
): Promise<Followed> {
  const parent = await mkdtemp(join(tmpdir(), 'authly-quickstart-'))
  const folder = join(parent, 'my-app')
  const running: GuardedChild[] = []
  const stop = async () => {
    await Promise.all(running.map((child) => child.stop()))
    await rm(parent, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    await mkdir(folder)
    const npmrc = join(parent, '.npmrc')
    await writeFile(npmrc, `@authly-server:registry=${surroundings.registryUrl}\nfund=false\naudit=false\n`)
    for (const step of quickstart.steps) {
      if (step.kind === 'file') {
        const path = join(folder, step.path)
        await mkdir(dirname(path), { recursive: true })
        await writeFile(path, step.text)
        continue
      }
      const own = step.where === 'authly' ? surroundings.authly : { NPM_CONFIG_USERCONFIG: npmrc }
      const environment = { PATH: surroundings.path, ...own }
      const child = await start(step, folder, environment)
      if (step.servesAt.length > 0) running.push(child.process)
      await child.done
    }
    return { folder, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** `done` when the commands have ended well, or when what they start answers. */
async function start(
  { script, where, servesAt }: Commands,
  folder: string,
  environment: Readonly<Record<string, string>>,
): Promise<{ readonly process: GuardedChild; readonly done: Promise<void> }> {
  const commands = where === 'authly' ? script.replaceAll(applicationPath, folder) : script
  const child = await spawnGuarded('bash', ['-euo', 'pipefail', '-c', commands], {
    cwd: where === 'authly' ? projectRoot : folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...ownEnvironment(), CI: 'true', NEXT_TELEMETRY_DISABLED: '1', ...environment },
  })
  let output = ''
  for (const stream of [child.process.stdout, child.process.stderr])
    stream?.on('data', (chunk) => {
      output += chunk
    })
  const ended = child.exited.then((code) => {
    if (code !== 0 || servesAt.length > 0) throw new Error(`${commands}\nended with ${code}\n${output}`)
  })
  const answers = async () => {
    for (const address of servesAt)
      await Promise.race([ended, untilAnswering(address, () => `${commands}\n${output}`)])
  }
  return { process: child, done: servesAt.length > 0 ? answers() : ended }
}

/** Without what the test runner says to its own children: frameworks behave differently in tests. */
const ownEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(NODE_ENV|TEST|PROD|DEV|MODE|VITEST.*|npm_.*)$/.test(name),
    ),
  )

async function untilAnswering(address: string, describe: () => string): Promise<void> {
  for (const end = Date.now() + 120_000; Date.now() < end; ) {
    const answer = await fetch(address, { redirect: 'manual' }).catch(() => undefined)
    if (answer && answer.status < 500) return
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  throw new Error(`${address} does not answer\n${describe()}`)
}
