/**
 * `npm run test:generators`: clients made of the OpenAPI document by the generators that people use compile, and make
 * two calls to a running server. Two linters read the documents too. Downloads are kept in `.authly/generators`. Needs
 * Java with Maven, and Python 3 with venv.
 */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runStep } from '../../process/run-step.ts'
import { startStack } from '../../stack/start-stack.ts'
import { projectRoot } from '../../stack/worker-bundle.ts'
import { writeTotals } from '../../test-report.ts'
import { tokenOfServiceAccount } from '../service-account.ts'
import { installTools } from './install-tools.ts'
import { lintersOf } from './linters.ts'
import { writeRecord } from './record.ts'
import { type GeneratorTarget, generatorTargets } from './targets.ts'

type Check = { name: string; run(): Promise<void> }

const tools = join(projectRoot, '.authly/generators')
const documents = ['openapi', 'openapi-3.0'].map((name) => join(projectRoot, `public/${name}.json`))
const places = {
  ...{ document: documents[0] as string, tools, node: process.execPath },
  calls: join(import.meta.dirname, 'calls'),
}

async function checkTarget(target: GeneratorTarget, environment: Record<string, string>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'authly-generator-'))
  const name = `generated-${randomUUID().slice(0, 8)}`
  try {
    for (const step of target.make(places)) await runStep(step, folder, environment)
    await runStep(target.call(places), folder, { ...environment, AUTHLY_NAME: name })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @returns the names of those that failed */
async function runAll(checks: Check[]): Promise<readonly string[]> {
  const failed: string[] = []
  const work = async (): Promise<void> => {
    for (let check = checks.shift(); check; check = checks.shift()) {
      const startedAt = performance.now()
      try {
        await check.run()
        console.log(`✓ ${check.name} (${Math.round((performance.now() - startedAt) / 1000)} s)`)
      } catch (error) {
        failed.push(check.name)
        console.log(`✗ ${check.name}\n${(error as Error).message}`)
      }
    }
  }
  // Compilers of one target download while those of another one compute.
  await Promise.all([work(), work()])
  return failed
}

async function checkAll(): Promise<{ passed: number; failed: number }> {
  const path = await installTools(tools)
  const stack = await startStack()
  try {
    const token = await tokenOfServiceAccount(stack, 'generators')
    const environment = { PATH: path, AUTHLY_ISSUER: stack.issuer, AUTHLY_TOKEN: token }
    const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
    const checks: Check[] = [
      ...generatorTargets.map((target) => ({
        name: target.name,
        run: () => checkTarget(target, environment),
      })),
      ...documents.flatMap((document) =>
        lintersOf(document, tools).map(({ name, step }) => ({
          name: `${name} ${document.split('/').at(-1)}`,
          run: () => runStep(step, tools),
        })),
      ),
    ].filter(({ name }) => wanted.length === 0 || wanted.some((word) => name.includes(word)))
    const count = checks.length
    const { length: failed } = await runAll(checks)
    if (failed === 0 && wanted.length === 0) writeRecord()
    return { passed: count - failed, failed }
  } finally {
    await stack.stop()
  }
}

await runStep([process.execPath, join(projectRoot, 'scripts/ensure-built.mjs')], projectRoot)
const { passed, failed } = await checkAll()
writeTotals('generators', passed, failed)
console.log(`\nGenerators: ${passed} passed, ${failed} failed`)
if (failed > 0) process.exitCode = 1
