/**
 * `npm run bench -- --profile --only <operation>`: where Authly's time goes. JavaScript by V8's own sampling profiler
 * (workerd's inspector), native code (cryptography, SQLite, HTTP) by perf when it is installed.
 */
import { spawn } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import type { LoadGenerator } from './load/generate-load.ts'
import type { BenchOptions } from './options.ts'
import { startRawProcess } from './raw-process.ts'
import { bundleReadably } from './readable-bundle.ts'
import type { AuthlyTarget } from './targets/authly-target.ts'

const inspectorPort = 22_060
const linesShown = 40

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  }[]
  readonly samples: readonly number[]
}

/** Calls CDP methods one after another on the worker's inspector. */
async function connectInspector(): Promise<{ call(method: string): Promise<unknown>; close(): void }> {
  const listed = await fetch(`http://127.0.0.1:${inspectorPort}/json`)
  const [first] = (await listed.json()) as { webSocketDebuggerUrl: string }[]
  const socket = new WebSocket(first?.webSocketDebuggerUrl ?? '', { maxPayload: 0 })
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  let lastId = 0
  const call = (method: string): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = ++lastId
      const onMessage = (data: Buffer): void => {
        const message = JSON.parse(data.toString()) as {
          id?: number
          result?: unknown
          error?: { message: string }
        }
        if (message.id !== id) return
        socket.off('message', onMessage)
        if (message.error) reject(new Error(`${method}: ${message.error.message}`))
        else resolve(message.result)
      }
      socket.on('message', onMessage)
      socket.send(JSON.stringify({ id, method }))
    })
  return { call, close: () => socket.close() }
}

/** Share of samples by function, largest first, each with the line of the bundle where the function begins. */
function selfTimes({ nodes, samples }: CpuProfile, code: readonly string[]): string {
  const counts = new Map<string, number>()
  const names = new Map(
    nodes.map(({ id, callFrame }) => {
      const line = callFrame.lineNumber > 0 ? (code[callFrame.lineNumber] ?? '').trim().slice(0, 90) : ''
      return [id, `${callFrame.functionName || '(anonymous)'}  ${line}`]
    }),
  )
  for (const id of samples) {
    const name = names.get(id) ?? '?'
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, linesShown)
    .map(([name, count]) => `${((count / samples.length) * 100).toFixed(1).padStart(5)}%  ${name}`)
    .join('\n')
}

function run(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
    child.once('error', () => resolve(''))
    child.once('close', () => resolve(output))
  })
}

/** Prints a profile of each operation asked for. */
export async function profileAuthly(
  target: AuthlyTarget,
  options: BenchOptions,
  load: LoadGenerator,
): Promise<void> {
  await target.start()
  // The inspector slows the worker down a little, so it is only on here.
  await target.stopWorker()
  const bundle = await bundleReadably(
    join(tmpdir(), `authly-profile-${process.pid}`),
    target.rawOptions.bundle,
  )
  const code = readFileSync(join(bundle.folder, bundle.main), 'utf8').split('\n')
  const child = await startRawProcess({ ...target.rawOptions, bundle }, [
    `--inspector-addr=127.0.0.1:${inspectorPort}`,
  ])
  const perfFile = join(tmpdir(), `authly-perf-${process.pid}`)
  try {
    for (const operation of options.operations) {
      const { seconds, connections } = options
      const play = async (duration: number) => {
        const plan = await target.plan(operation, Math.ceil(duration * 3_000))
        const result = await load(plan, { seconds: duration, connections })
        target.afterRun(operation, result)
        return result
      }
      await play(1)
      const plan = await target.plan(operation, Math.ceil(seconds * 3_000))
      const inspector = await connectInspector()
      await inspector.call('Profiler.enable')
      await inspector.call('Profiler.start')
      const pid = String(child.process.pid)
      const perfArgs = [
        'record',
        '-q',
        '-F',
        '999',
        '-g',
        '-o',
        perfFile,
        '-p',
        pid,
        '--',
        'sleep',
        String(seconds),
      ]
      const [result] = await Promise.all([load(plan, { seconds, connections }), run('perf', perfArgs)])
      target.afterRun(operation, result)
      const { profile } = (await inspector.call('Profiler.stop')) as { profile: CpuProfile }
      inspector.close()
      const native = await run('perf', [
        'report',
        '-i',
        perfFile,
        '--no-children',
        '-g',
        'none',
        '--stdio',
        '--percent-limit',
        '0.5',
      ])
      console.log(
        `\n## ${operation}: ${(result.requests / result.seconds).toFixed(0)} rps under the profiler\n`,
      )
      console.log(
        `JavaScript, self time:\n${selfTimes(profile, code)}\n\nNative, self time (perf):\n${native}`,
      )
    }
  } finally {
    await child.stop()
    rmSync(perfFile, { force: true })
    rmSync(bundle.folder, { recursive: true, force: true })
    await target.stop()
  }
}
