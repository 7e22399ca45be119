/** Runs wrk: one thread, so that on two cores the server keeps one for itself. */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { LoadResult, SinglePlan } from '../target.ts'
import type { LoadOptions } from './load-options.ts'
import { writePlanFile } from './plan-file.ts'

const script = fileURLToPath(new URL('./wrk.lua', import.meta.url))

export const hasWrk = (): boolean => spawnSync('wrk', ['-v']).error === undefined

interface ScriptReport {
  readonly requests: number
  readonly seconds: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly failures: number
  readonly lost: number
  readonly sample: string
}

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '')

/** Plays `plan`. Throws when wrk itself fails; failing responses are counted in the result. */
export async function runWrk(plan: SinglePlan, options: LoadOptions): Promise<LoadResult> {
  const folder = mkdtempSync(join(tmpdir(), 'authly-bench-'))
  try {
    const planFile = join(folder, 'plan')
    const collectFile = join(folder, 'collected')
    writePlanFile(planFile, plan, options.collectCodes ? collectFile : undefined)
    const output = await wrkOutput([
      ...['-t', '1', '-c', String(options.connections), '-d', `${options.seconds}s`, '--timeout', '10s'],
      ...['-s', script, `http://127.0.0.1:${plan.port}/`, '--', planFile],
    ])
    const reportLine = lines(output).find((line) => line.startsWith('{'))
    if (!reportLine) throw new Error(`wrk printed no report:\n${output}`)
    const report = JSON.parse(reportLine) as ScriptReport
    return {
      requests: report.requests,
      seconds: report.seconds,
      p50Ms: report.p50Ms,
      p99Ms: report.p99Ms,
      failures: report.failures + report.lost,
      ...(report.sample === '' ? {} : { failureSample: report.sample }),
      tokensLeft: lines(output).flatMap((line) => (line.startsWith('left ') ? [line.slice(5)] : [])),
      ...(options.collectCodes ? { collected: lines(readFileSync(collectFile, 'utf8')) } : {}),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function wrkOutput(args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('wrk', args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    let errors = ''
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString()
    })
    child.on('error', reject)
    child.on('close', (code) =>
      code === 0 ? resolve(output) : reject(new Error(`wrk ended with ${code}: ${errors}${output}`)),
    )
  })
}
