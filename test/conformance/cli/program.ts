/** Runs the real `authly` program against the running server, each test with a home of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { addClient, database, issuer } from '../authly.ts'
import type { SeededUser } from '../seed.ts'
import { type SignInChoices, signIn } from '../sign-in.ts'
import { createUserAgent, type UserAgent } from '../user-agent.ts'

const program = fileURLToPath(new URL('../../../cli/authly.mjs', import.meta.url))

export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly stdin?: string | Uint8Array
  readonly env?: Readonly<Record<string, string>>
}

export interface RunningCommand {
  readonly done: Promise<Outcome>
  readonly child: ChildProcess
  /** Waits for a match in what was printed so far. */
  seen(stream: 'stdout' | 'stderr', pattern: RegExp): Promise<RegExpExecArray>
}

export interface Home {
  /** Where the program keeps its files. */
  readonly folder: string
  run(args: readonly string[], options?: RunOptions): Promise<Outcome>
  start(args: readonly string[], options?: RunOptions): RunningCommand
  /** Signs a person in as their browser would. */
  login(user: SeededUser, args?: readonly string[], codeOf?: () => string): Promise<Outcome>
  remove(): Promise<void>
}

export async function createHome(): Promise<Home> {
  const folder = await mkdtemp(join(tmpdir(), 'authly-cli-'))
  const start = (args: readonly string[], options: RunOptions = {}): RunningCommand =>
    startProgram(folder, args, options)
  return {
    folder: join(folder, 'authly'),
    start,
    run: (args, options) => start(args, options).done,
    async login(user, args = [], codeOf) {
      const command = start(['login', '--issuer', issuer, '--no-browser', ...args])
      await answerSignIn(command, user, codeOf && { codeOf })
      return command.done
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

export type SignInAnswers = Omit<SignInChoices, 'user'> & {
  /** The browser; otherwise a new one. */
  readonly agent?: UserAgent
}

/** Opens the printed address and types the password, until the program's loopback port is called. */
export async function answerSignIn(
  command: RunningCommand,
  user: SeededUser,
  { agent = createUserAgent(), ...choices }: SignInAnswers = {},
): Promise<void> {
  const [, address = ''] = await command.seen('stderr', /(http\S+\/oauth\/authorize\?\S+)/)
  const redirectUri = new URL(address).searchParams.get('redirect_uri') as string
  const callback = await signIn(agent, address, redirectUri, { ...choices, user })
  const page = await fetch(callback)
  if (!page.ok) throw new Error(`${page.status} ${await page.text()}`)
}

function startProgram(folder: string, args: readonly string[], { stdin, env }: RunOptions): RunningCommand {
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: folder, XDG_CONFIG_HOME: folder, ...env },
  })
  const printed = { stdout: '', stderr: '' }
  const watchers = new Set<() => void>()
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      printed[name] += text
      for (const look of watchers) look()
    })
  }
  child.stdin.on('error', () => undefined)
  child.stdin.end(stdin ?? '')
  const done = new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      resolve({ code, ...printed })
      for (const look of watchers) look()
    })
  })
  return {
    ...{ child, done },
    seen: (stream, pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(printed[stream])
          if (!match && child.exitCode === null) return
          watchers.delete(look)
          if (match) resolve(match)
          else
            reject(
              new Error(`ended (${child.exitCode}) without ${pattern}: ${printed.stdout}${printed.stderr}`),
            )
        }
        watchers.add(look)
        look()
      }),
  }
}

/** A service account with these administrative scopes. */
export const addServiceAccount = (scopes: readonly string[]) =>
  addClient({ grant_types: ['client_credentials'], scopes: [...scopes], resources: [] })

/** Gives a person roles. */
export async function giveRoles(user: SeededUser, roles: readonly string[]): Promise<void> {
  await database.query('UPDATE users SET roles = $2 WHERE id = $1', [user.id, roles])
}
