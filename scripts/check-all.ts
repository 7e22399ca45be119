/**
 * `npm run check`: everything that can be checked without running the code. The checks run in parallel; the output of a
 * failed one is shown in full at the end. `npm run check -- types wrangler` runs only those.
 */
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { regions } from './deploy/regions.ts'
import { quietWrangler } from './stack/quiet-wrangler.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const modules = (path: string) => join(root, 'node_modules', path)

type Check = { name: string; command: readonly string[]; remedy?: string }
type Outcome = Check & { ok: boolean; output: string; seconds: number }

/** Longest first, so that all finish early. Each is a Node script with its arguments. */
function checksIn(folder: string): readonly Check[] {
  // By path: TypeScript 6, installed under an alias for tools that need its API, also has a `tsc`.
  const tsc = modules('typescript/bin/tsc')
  const wrangler = modules('wrangler/bin/wrangler.js')
  const knip = modules('knip/bin/knip.js')
  return [
    ...['', ...regions].map((region) => ({
      name: region === '' ? 'wrangler' : `wrangler ${region}`,
      command: [
        wrangler,
        'deploy',
        '--dry-run',
        '--env',
        region,
        '--outdir',
        join(folder, region || 'local'),
      ],
    })),
    { name: 'unused code', command: [knip] },
    { name: 'unused code in production', command: [knip, '--production', '--include', 'files,dependencies'] },
    { name: 'types of the worker', command: [tsc, '--project', 'tsconfig.json'] },
    { name: 'types of the browser script', command: [tsc, '--project', 'src/pages/script'] },
    { name: 'types of the bare twins', command: [tsc, '--project', 'bench/twins'] },
    { name: 'types of the SDK', command: [tsc, '--project', 'sdk/js'] },
    { name: 'types of the demo', command: [tsc, '--project', 'sdk/demo'] },
    { name: 'types of unit tests', command: [tsc, '--project', 'tsconfig.unit.json'] },
    { name: 'types of the guide', command: [tsc, '--project', 'docs/.vitepress'] },
    { name: 'types of the scripts', command: [tsc, '--project', 'tsconfig.node.json'] },
    {
      name: 'generated documents',
      command: ['scripts/emit-docs.ts', '--check'],
      remedy: 'npm run docs:generate',
    },
    {
      name: 'format and lint',
      command: [modules('@biomejs/biome/bin/biome'), 'ci'],
      remedy: 'npm run format',
    },
    { name: 'architecture', command: ['scripts/check/architecture.ts'] },
    { name: 'migrations', command: ['scripts/check/migrations.ts'] },
  ]
}

const wanted = process.argv.slice(2)
const folder = await mkdtemp(join(tmpdir(), 'authly-check-'))
try {
  const checks = checksIn(folder).filter(
    ({ name }) => wanted.length === 0 || wanted.some((word) => name.startsWith(word)),
  )
  const failed = (await runAll(checks, availableParallelism())).filter(({ ok }) => !ok)
  for (const { name, output, remedy } of failed) {
    console.error(
      `\n──── ${name} ────\n${stripVTControlCharacters(output).trim()}${remedy ? `\nTo mend it: ${remedy}` : ''}`,
    )
  }
  console.log(`\n${checks.length - failed.length} checks passed, ${failed.length} failed`)
  if (failed.length > 0 || checks.length === 0) process.exitCode = 1
} finally {
  await rm(folder, { recursive: true, force: true })
}

async function runAll(checks: readonly Check[], lanes: number): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  const queue = [...checks]
  const lane = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const outcome = await run(next)
      console.log(`${outcome.ok ? '✓' : '✗'} ${outcome.name} (${outcome.seconds.toFixed(1)} s)`)
      outcomes.push(outcome)
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return outcomes
}

function run(check: Check): Promise<Outcome> {
  const startedAt = performance.now()
  return new Promise((resolve) => {
    const child = spawn(process.execPath, check.command, {
      ...{ cwd: root, env: quietWrangler(), stdio: ['ignore', 'pipe', 'pipe'] },
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
    const finish = (ok: boolean) =>
      resolve({ ...check, ok, output, seconds: (performance.now() - startedAt) / 1000 })
    child.on('error', (error) => {
      output += error.message
      finish(false)
    })
    child.on('close', (code) => finish(code === 0))
  })
}
