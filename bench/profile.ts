/**
 * `npm run bench -- --profile --only <operation>`: where the CPU time of Authly and of the twin goes, by perf. V8 names its
 * compiled functions for it, so JavaScript, platform and kernel stand in one picture.
 */
import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LoadGenerator } from './load/generate-load.ts'
import type { BenchOptions } from './options.ts'
import { summarizeStacks } from './profile-summary.ts'
import { type RawProcessOptions, startRawProcess } from './raw-process.ts'
import { bundleReadably } from './readable-bundle.ts'
import type { Profile } from './report/report.ts'
import type { OperationName, RequestPlan, Target } from './target.ts'
import type { AuthlyTarget } from './targets/authly-target.ts'
import type { TwinTarget } from './targets/twin-target.ts'

const v8Flags = ['--perf-basic-prof', '--interpreted-frames-native-stack']
const measuredSeconds = 4
const warmUpSeconds = 3

function run(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] })
    const chunks: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.once('error', () => reject(new Error(`${command} is not installed (Debian: linux-perf)`)))
    child.once('close', () => resolve(Buffer.concat(chunks).toString()))
  })
}

async function profile(
  worker: RawProcessOptions,
  target: Target,
  operation: OperationName,
  load: LoadGenerator,
  connections: number,
): Promise<Profile> {
  const child = await startRawProcess({ ...worker, v8Flags })
  const pid = String(child.process.pid)
  const data = join(tmpdir(), `authly-perf-${pid}`)
  try {
    const play = async (plan: RequestPlan, seconds: number) => {
      const result = await load(plan, { seconds, connections })
      target.afterRun(operation, result)
      return result
    }
    await play(await target.plan(operation, warmUpSeconds * 3_000), warmUpSeconds)
    // Making codes and tokens is not part of the profile.
    const plan = await target.plan(operation, measuredSeconds * 3_000)
    const seconds = String(measuredSeconds)
    const record = ['record', '-q', '-F', '1999', '-g', '-o', data, '-p', pid, '--', 'sleep', seconds]
    const [result] = await Promise.all([play(plan, measuredSeconds), run('perf', record)])
    const stacks = await run('perf', ['script', '-i', data, '-F', 'comm,ip,sym'])
    const rps = (result.requests / result.seconds).toFixed(0)
    const text = `${rps} requests/s under the profiler\n\n${summarizeStacks(stacks)}`
    console.log(`\n## ${operation}, ${target.name}: ${text}`)
    return { operation, target: target.name, text }
  } finally {
    await child.stop()
    rmSync(data, { force: true })
    rmSync(join(tmpdir(), `perf-${pid}.map`), { force: true })
  }
}

/** Profiles each operation asked for, on Authly and on the twin. */
export async function profileOperations(
  authly: AuthlyTarget,
  twin: TwinTarget,
  { operations, connections }: BenchOptions,
  load: LoadGenerator,
): Promise<Profile[]> {
  const folder = join(tmpdir(), `authly-profile-${process.pid}`)
  const profiles: Profile[] = []
  try {
    await authly.start()
    await authly.stopWorker()
    const bundle = await bundleReadably(folder, authly.rawOptions.bundle)
    for (const operation of operations) {
      const ours = { ...authly.rawOptions, bundle }
      profiles.push(await profile(ours, authly, operation, load, connections))
      profiles.push(await profile(await twin.readable(operation), twin, operation, load, connections))
    }
    return profiles
  } finally {
    rmSync(folder, { recursive: true, force: true })
    await authly.stop()
  }
}
