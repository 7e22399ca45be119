/**
 * `node scripts/start.mjs ../bench/sdk-api.ts`: what `verify()` of `@authly-server/api` costs beside `jwtVerify` of jose,
 * the same token (ES256) in one run, in Node and in workerd. Rounds are interleaved, and each compares with itself, so
 * that a busy machine changes both alike. Nothing is asserted; the result is in the README of the package.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { findFreePort } from '../scripts/process/free-port.ts'
import { projectRoot } from '../scripts/stack/worker-bundle.ts'
import { median } from './median.ts'
import { startRawProcess } from './raw-process.ts'
import { describeMachine } from './report/machine.ts'

const names = ['jose', 'jose-remote', 'sdk'] as const
type Name = (typeof names)[number]
/** Verifies `count` times. */
type Run = (name: Name, count: number, atOnce: number) => Promise<unknown>

const rounds = 41
const perRound = 400

/** Microseconds of each verification, and the middle of what each round says of the SDK. */
async function measure(place: string, run: Run): Promise<void> {
  for (const name of names) await run(name, 3_000, 8)
  for (const atOnce of [1, 16]) {
    const times: Record<Name, number[]> = { jose: [], 'jose-remote': [], sdk: [] }
    for (let round = 0; round < rounds; round++) {
      for (const name of rotated(round)) {
        const from = performance.now()
        await run(name, perRound, atOnce)
        times[name].push(((performance.now() - from) / perRound) * 1_000)
      }
    }
    const ratio = (to: Name) =>
      median(times.sdk.map((time, round) => time / (times[to][round] as number))).toFixed(3)
    const each = names.map((name) => `${name} ${median(times[name]).toFixed(1)} us`).join(', ')
    console.log(
      `${place}, ${atOnce} at a time: ${each}; sdk/jose ${ratio('jose')}, sdk/jose-remote ${ratio('jose-remote')}`,
    )
  }
}

/** Each is first as often as the others. */
const rotated = (round: number): readonly Name[] =>
  names.map((_, index) => names[(index + round) % names.length] as Name)

const folder = mkdtempSync(join(tmpdir(), 'authly-sdk-bench-'))
try {
  await build({
    entryPoints: [join(projectRoot, 'bench/sdk-api/worker.ts')],
    ...{ outfile: join(folder, 'worker.mjs'), bundle: true, format: 'esm', target: 'es2024' },
    conditions: ['authly-source', 'worker', 'browser'],
  })
  const { cpu, cores, node, workerd } = describeMachine('none')
  console.log(`${cpu}, ${cores} cores; Node ${node}, workerd ${workerd}; ${rounds} rounds of ${perRound}`)

  const worker = (await import(join(folder, 'worker.mjs'))) as {
    default: { fetch(request: Request): Promise<Response> }
  }
  await measure('Node', (name, count, atOnce) =>
    worker.default.fetch(new Request(urlOf(0, name, count, atOnce))),
  )

  const port = await findFreePort()
  const objectsFolder = join(folder, 'objects')
  mkdirSync(objectsFolder)
  const child = await startRawProcess({
    bundle: {
      ...{ folder, main: 'worker.mjs', modules: [], durableObjects: [] },
      ...{ compatibilityDate: '2026-10-01', compatibilityFlags: [] },
    },
    ...{ vars: {}, objectsFolder, port },
  })
  try {
    await measure('workerd', async (name, count, atOnce) => {
      const response = await fetch(urlOf(port, name, count, atOnce))
      if (!response.ok) throw new Error(await response.text())
      await response.text()
    })
  } finally {
    await child.stop('SIGKILL')
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function urlOf(port: number, name: Name, count: number, atOnce: number): string {
  return `http://127.0.0.1:${port}/?name=${name}&count=${count}&at_once=${atOnce}`
}
