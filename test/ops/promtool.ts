/** Runs one case by `promtool test rules`, which evaluates the rules as Prometheus does. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ruleGroups } from '../../scripts/ops/rules/rule-files.ts'
import { renderYaml, type Yaml } from '../../scripts/ops/yaml.ts'
import type { AlertCase, Firing } from './alert-case.ts'

const run = promisify(execFile)

/** A folder for files of promtool, removed afterwards. */
export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'authly-promtool-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** @returns what promtool said; throws with its output when it was not content */
export async function promtool(...args: readonly string[]): Promise<string> {
  try {
    const { stdout, stderr } = await run('promtool', args)
    return stdout + stderr
  } catch (error) {
    const { stdout = '', stderr = '', message } = error as Error & { stdout?: string; stderr?: string }
    throw new Error(`promtool ${args.join(' ')}: ${stdout}${stderr || message}`)
  }
}

/** Fails unless exactly the alerts of the case fire. */
export const expectAlerts = (rules: string, alertCase: AlertCase): Promise<string> =>
  withFolder(async (folder) => {
    await writeFile(join(folder, 'authly.rules.yml'), rules)
    await writeFile(join(folder, 'case.yml'), renderYaml(testFile(alertCase)))
    return promtool('test', 'rules', join(folder, 'case.yml'))
  })

const firingAlerts = 'count by (alertname, severity, burn_rate) (ALERTS{alertstate="firing"})'

function testFile(alertCase: AlertCase): Yaml {
  const { series, everyMinutes, evaluatedEveryMinutes, atMinute, firing } = alertCase
  // Unless a case is about it, the server is scraped.
  const up = { series: 'up{job="authly", region="eu"}', values: '1+0x10000' }
  const all = series.some((one) => one.series.startsWith('up{')) ? series : [up, ...series]
  return {
    rule_files: ['authly.rules.yml'],
    // Otherwise an alert may be evaluated before what it reads was recorded.
    group_eval_order: ruleGroups().map(({ name }) => name),
    evaluation_interval: `${evaluatedEveryMinutes}m`,
    tests: [
      {
        interval: `${everyMinutes}m`,
        input_series: all as unknown as Yaml,
        promql_expr_test: [
          { expr: firingAlerts, eval_time: `${atMinute}m`, exp_samples: firing.map(sampleOf) },
        ],
      },
    ],
  }
}

const sampleOf = ({ alert, severity, burnRate, count = 1 }: Firing) => ({
  labels: `{alertname="${alert}", severity="${severity}"${burnRate ? `, burn_rate="${burnRate}"` : ''}}`,
  value: count,
})
