/**
 * Child processes that cannot outlive us. Each child leads its own process group, so Ctrl-C in the terminal reaches
 * only the orchestrator, which then stops the children in order. A tiny shell watchdog holds a pipe from us: when we
 * die in any way, SIGKILL included, the pipe closes and the watchdog stops the child.
 */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'

export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGQUIT' | 'SIGKILL'

export type GuardedChild = {
  readonly process: ChildProcess
  /** Resolves when the child has exited, with its exit code (null when a signal ended it). */
  readonly exited: Promise<number | null>
  /** Sends the stop signal; after `timeoutMs` the whole process group is killed. Resolves when the child has exited. */
  stop(signal?: StopSignal, timeoutMs?: number): Promise<void>
}

export type GuardOptions = SpawnOptions & {
  /** The signal for a clean stop; default SIGTERM. */
  stopSignal?: StopSignal
  /** `group` also signals the child's own children; Postgres expects the signal only at its first process. */
  signalTarget?: 'group' | 'process'
}

/** Starts `command`; throws if it cannot be executed at all. */
export async function spawnGuarded(
  command: string,
  args: readonly string[],
  options: GuardOptions = {},
): Promise<GuardedChild> {
  const { stopSignal = 'SIGTERM', signalTarget = 'group', ...spawnOptions } = options
  const ownGroup = process.platform !== 'win32'
  const child = spawn(command, [...args], { ...spawnOptions, detached: ownGroup })
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', reject)
  })
  const pid = child.pid as number
  const watchdog = ownGroup ? startWatchdog(pid, stopSignal, signalTarget) : undefined
  const exited = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => {
      watchdog?.kill('SIGKILL')
      watchdog?.stdin?.destroy()
      resolve(code)
    })
  })

  const send = (signal: StopSignal, target: 'group' | 'process') => {
    try {
      process.kill(ownGroup && target === 'group' ? -pid : pid, signal)
    } catch {
      // Already gone.
    }
  }
  const stop = async (signal: StopSignal = stopSignal, timeoutMs = 8_000) => {
    if (child.exitCode === null && child.signalCode === null) {
      send(signal, signalTarget)
      const killer = setTimeout(() => send('SIGKILL', 'group'), timeoutMs)
      await exited
      clearTimeout(killer)
    }
    if (ownGroup && signalTarget === 'group') send('SIGKILL', 'group')
  }
  return { process: child, exited, stop }
}

function startWatchdog(pid: number, signal: StopSignal, target: 'group' | 'process'): ChildProcess {
  const script = 'cat >/dev/null; kill -s "$1" -- "$2" 2>/dev/null'
  const victim = target === 'group' ? `-${pid}` : `${pid}`
  const watchdog = spawn('sh', ['-c', script, 'authly-watchdog', signal.slice(3), victim], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
  })
  watchdog.on('error', () => undefined)
  watchdog.unref()
  ;(watchdog.stdin as unknown as { unref?: () => void } | null)?.unref?.()
  return watchdog
}
