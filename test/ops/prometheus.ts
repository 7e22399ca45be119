/** A real Prometheus that scrapes one server every second and evaluates the rules. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { renderRules } from '../../scripts/ops/rules/rule-files.ts'
import { renderYaml } from '../../scripts/ops/yaml.ts'
import { findFreePort } from '../../scripts/process/free-port.ts'
import { spawnGuarded } from '../../scripts/process/guarded-child.ts'
import { waitUntilServing } from '../../scripts/process/wait-until.ts'

export interface FiringAlert {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly state: 'pending' | 'firing'
}

export interface Prometheus {
  /** Every sample of the last `seconds`, series by series. Throws what Prometheus has against the expression. */
  samples(expr: string, seconds: number): Promise<readonly (readonly number[])[]>
  alerts(): Promise<readonly FiringAlert[]>
  /** What it did not like about the rules when it last evaluated them, by rule. */
  ruleErrors(): Promise<readonly string[]>
  stop(): Promise<void>
}

export interface PrometheusOptions {
  readonly folder: string
  /** Port of the server on loopback. */
  readonly target: number
  readonly token: string
  readonly timeScale: number
}

export async function startPrometheus(options: PrometheusOptions): Promise<Prometheus> {
  const { folder, target, token, timeScale } = options
  const port = await findFreePort()
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'authly.rules.yml'), renderRules({ timeScale }))
  await writeFile(join(folder, 'metrics-token'), token, { mode: 0o600 })
  await writeFile(join(folder, 'prometheus.yml'), configuration(target))
  const child = await spawnGuarded(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] },
  )
  const url = `http://127.0.0.1:${port}`
  await waitUntilServing(`${url}/-/ready`, child.exited)
  return {
    samples: (expr, seconds) => readSamples(url, expr, seconds),
    alerts: async () => (await ask<{ alerts: FiringAlert[] }>(`${url}/api/v1/alerts`)).alerts,
    ruleErrors: () => readRuleErrors(url),
    stop: () => child.stop(),
  }
}

const configuration = (target: number): string =>
  renderYaml({
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: ['authly.rules.yml'],
    scrape_configs: [
      {
        job_name: 'authly',
        metrics_path: '/metrics',
        authorization: { type: 'Bearer', credentials_file: 'metrics-token' },
        static_configs: [{ targets: [`127.0.0.1:${target}`], labels: { region: 'local' } }],
      },
    ],
  })

async function ask<T>(url: string): Promise<T> {
  const response = await fetch(url, { signal: AbortSignal.timeout(30_000) })
  const answer = (await response.json()) as { status: string; error?: string; data: T }
  if (answer.status !== 'success') throw new Error(`${answer.error} (${decodeURIComponent(url)})`)
  return answer.data
}

async function readSamples(url: string, expr: string, seconds: number) {
  const end = Date.now() / 1000
  const query = new URLSearchParams({
    ...{ query: expr, start: String(end - seconds), end: String(end), step: '5' },
  })
  const { result } = await ask<{ result: { values: [number, string][] }[] }>(
    `${url}/api/v1/query_range?${query}`,
  )
  return result.map(({ values }) => values.map(([, value]) => Number(value)))
}

async function readRuleErrors(url: string): Promise<readonly string[]> {
  interface Rule {
    readonly name: string
    readonly health: 'ok' | 'err' | 'unknown'
    readonly lastError?: string
  }
  const { groups } = await ask<{ groups: { rules: Rule[] }[] }>(`${url}/api/v1/rules`)
  return groups
    .flatMap(({ rules }) => rules)
    .filter(({ health }) => health !== 'ok')
    .map(({ name, health, lastError }) => `${name}: ${health} ${lastError ?? ''}`)
}
