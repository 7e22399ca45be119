/** A copy of this checkout as a fresh clone would be, and `npm start` in it as a person would run it. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const root = join(import.meta.dirname, '../..')

/**
 * Copies tracked and new files; node_modules is linked, because installing is not what these tests are about.
 * @param more folders besides those that run
 */
export function makeClone(more: readonly string[] = []): { folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'authly-clone-'))
  const list = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
  })
  const wanted = new RegExp(`^(?:${['src', 'scripts', 'drizzle', 'sdk', ...more].join('|')})/|^[^/]+$`)
  for (const file of list.split('\0').filter((name) => wanted.test(name) && name !== '')) {
    const target = join(folder, file)
    mkdirSync(dirname(target), { recursive: true })
    cpSync(join(root, file), target)
  }
  // Entry by entry: an npm that decides to clean up in there removes links, not the packages.
  mkdirSync(join(folder, 'node_modules'))
  for (const entry of readdirSync(join(root, 'node_modules'))) {
    symlinkSync(join(root, 'node_modules', entry), join(folder, 'node_modules', entry))
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

export type NpmRun = {
  process: ChildProcess
  /** Everything printed so far. */
  output(): string
  /** Resolves with the output when it contains `text`; rejects when the command ends before. */
  printed(text: string): Promise<string>
  exited: Promise<number | null>
}

/** Runs `npm <args>` in its own process group, as a terminal does. */
export function runNpm(folder: string, args: string[], env: NodeJS.ProcessEnv): NpmRun {
  const child = spawn('npm', [...args, '--silent'], {
    cwd: folder,
    // As outside of a test run: neither vitest's variables nor ours.
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TMPDIR: process.env['TMPDIR'], ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  const waiting = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8')
      for (const check of waiting) check()
    })
  }
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve))
  const printed = (wanted: string) =>
    new Promise<string>((resolve, reject) => {
      const check = () => {
        if (text.includes(wanted)) resolve(text)
      }
      waiting.add(check)
      check()
      exited.then(() => reject(new Error(`npm ended without printing "${wanted}":\n${text}`)))
    })
  return { process: child, output: () => text, printed, exited }
}

/** What Ctrl-C in a terminal does: a signal to the whole foreground group. */
export function pressCtrlC(run: NpmRun): void {
  process.kill(-(run.process.pid as number), 'SIGINT')
}

/** Commands of processes that work in `folder`, from /proc. */
export function processesIn(folder: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
        const environment = readFileSync(`/proc/${pid}/environ`, 'utf8')
        const isOurs =
          command.includes(folder) ||
          environment.includes(`PWD=${folder}`) ||
          environment.includes(`AUTHLY_TEST_MARK=${folder}`)
        return isOurs && command !== '' ? [`${pid} ${command}`] : []
      } catch {
        return []
      }
    })
}

/** TCP ports on which processes that work in `folder` listen, from /proc. */
export function portsListenedOnIn(folder: string): number[] {
  const sockets = new Set(
    processesIn(folder).flatMap((line) => {
      const fds = `/proc/${line.split(' ')[0]}/fd`
      try {
        return readdirSync(fds).map((fd) => /^socket:\[(\d+)\]$/.exec(linkOf(`${fds}/${fd}`))?.[1])
      } catch {
        return []
      }
    }),
  )
  const listening = '0A'
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) =>
    readFileSync(table, 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === listening && sockets.has(fields[9]))
      .map((fields) => Number.parseInt(fields[1]?.split(':')[1] ?? '', 16)),
  )
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
