/** Locust (MIT), pinned, in a virtual environment of its own, and a run of the scenarios with it. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { apiScope, authlyPassword, authlyRedirectUri, authlySecret } from '../bench/targets/seed-authly.ts'
import { spawnGuarded } from '../scripts/process/guarded-child.ts'
import { writePrivateFile } from '../scripts/process/private-file.ts'
import { type Cost, measureCost } from './measure-part.ts'
import { clientIds, type LoadServer, webScope } from './server.ts'
import type { LoadSize } from './sizes.ts'

export const locustVersion = '2.47.0'

/** What scenarios/report.py writes. */
export interface LocustReport {
  readonly steps: readonly {
    readonly step: string
    readonly requests: number
    readonly failures: number
    /** Answers of 429, which are no failures. */
    readonly limited: number
    readonly p50Ms: number
    readonly p90Ms: number
    readonly p99Ms: number
  }[]
  readonly errors: readonly { readonly step: string; readonly answer: string; readonly count: number }[]
  readonly exceptions: readonly { readonly message: string; readonly count: number }[]
}

export interface LocustRun extends Cost, LocustReport {
  readonly version: string
  readonly users: number
  readonly seconds: number
}

const scenarios = fileURLToPath(new URL('./scenarios', import.meta.url))

/** Needs Python 3.11 or newer with venv. @returns path of the program */
export function installLocust(folder: string): string {
  const venv = join(folder, `locust-${locustVersion}`)
  const program = join(venv, 'bin/locust')
  if (existsSync(program)) return program
  console.log(`installing Locust ${locustVersion}`)
  execFileSync('python3', ['-m', 'venv', '--clear', venv], { stdio: 'inherit' })
  const pip = ['install', '--quiet', '--disable-pip-version-check', `locust==${locustVersion}`]
  execFileSync(join(venv, 'bin/pip'), pip, { stdio: 'inherit' })
  return program
}

export async function runLocust(
  program: string,
  server: LoadServer,
  folder: string,
  { users, usersPerSecond }: LoadSize['locust'],
  seconds: number,
): Promise<LocustRun> {
  const facts = join(folder, 'facts.json')
  const reportFile = join(folder, 'locust.json')
  // It holds tokens.
  await writePrivateFile(facts, JSON.stringify(describe(server)))
  const options = [
    ...['--locustfile', join(scenarios, 'locustfile.py'), '--host', `http://127.0.0.1:${server.port}`],
    ...['--headless', '--users', String(users), '--spawn-rate', String(usersPerSecond)],
    ...['--run-time', `${seconds}s`, '--stop-timeout', '10', '--exit-code-on-error', '0'],
    // Warnings only; the tables are ours.
    ...['--json', '--skip-log-setup'],
  ]
  const read = () => JSON.parse(readFileSync(reportFile, 'utf8')) as LocustReport
  const cost = await measureCost(server, async () => {
    const { PATH } = process.env
    const child = await spawnGuarded(program, options, {
      ...{ cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] },
      env: {
        ...{ PATH, PYTHONDONTWRITEBYTECODE: '1' },
        ...{ AUTHLY_LOAD_FACTS: facts, AUTHLY_LOAD_REPORT: reportFile },
      },
    })
    const code = await child.exited
    if (code !== 0) throw new Error(`Locust ended with ${code}`)
    return read().steps.reduce((sum, { requests }) => sum + requests, 0)
  })
  return { version: locustVersion, users, seconds, ...cost, ...read() }
}

/** For scenarios/settings.py. */
const describe = ({ issuer, usernames, administrators }: LoadServer) => ({
  ...{ issuer, usernames, clients: clientIds },
  ...{ password: authlyPassword, secret: authlySecret, redirect_uri: authlyRedirectUri },
  ...{ web_scope: webScope, service_scope: apiScope },
  admin_tokens: administrators.map(({ access_token }) => access_token),
})
