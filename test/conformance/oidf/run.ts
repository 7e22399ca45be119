/**
 * `npm run conformance -- --suite URL`: puts an Authly of its own through the certification plans of a conformance
 * suite of the OpenID Foundation, which runs beside it (docs/conformance.md). Fails if a module does.
 */
import { parseOptions, usage } from './options.ts'
import { type ModuleOutcome, type PlanOutcome, runPlan } from './run-plan.ts'
import { startTestedServer } from './server.ts'
import { openSuite } from './suite.ts'
import { describeModule, describeRun, hasFailed } from './summary.ts'

const print = (text: string) => process.stdout.write(`${text}\n`)

async function run(args: readonly string[]): Promise<boolean> {
  const options = parseOptions(args)
  const suite = await openSuite(options.suite)
  print(`Conformance suite ${await suite.version()}`)
  const server = await startTestedServer(suite)
  try {
    const waiting = [...options.plans]
    const outcomes: PlanOutcome[] = []
    const work = async () => {
      for (let plan = waiting.shift(); plan; plan = waiting.shift()) {
        const { id } = plan
        const report = (each: ModuleOutcome) => print(describeModule(id, each))
        outcomes.push(
          await runPlan(suite, server, plan, options.limits, report).catch((error: unknown) => {
            print(`FAILED   ${id}: ${error instanceof Error ? error.message : String(error)}`)
            return { plan, modules: [], isBroken: true }
          }),
        )
      }
    }
    await Promise.all(Array.from({ length: options.parallel }, work))
    print(`\n${describeRun(outcomes)}`)
    return !outcomes.some(({ modules, isBroken = false }) => isBroken || modules.some(hasFailed))
  } finally {
    await server.stop()
  }
}

run(process.argv.slice(2)).then(
  (isGood) => process.exit(isGood ? 0 : 1),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}\n`)
    process.exit(2)
  },
)
