/**
 * `node scripts/deploy/serving-version.ts <region>`: prints the id of the worker version that is serving now, to which
 * a failed deployment rolls back. Prints nothing if the region has never been deployed.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { quietWrangler } from '../stack/quiet-wrangler.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The version with most of the traffic in the JSON of `wrangler deployments status`. */
export function versionOf(statusJson: string): string {
  const { versions } = JSON.parse(statusJson) as { versions: { version_id: string; percentage: number }[] }
  const [most] = versions.toSorted((a, b) => b.percentage - a.percentage)
  if (most === undefined) throw new Error('the deployment has no version')
  return most.version_id
}

if (import.meta.main) {
  const wrangler = `${root}/node_modules/wrangler/bin/wrangler.js`
  const args = [wrangler, 'deployments', 'status', '--json', '--env', process.argv[2] ?? '']
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    ...{ cwd: root, encoding: 'utf8', env: quietWrangler() },
  })
  const output = `${stdout}${stderr}`
  // 10007: the worker does not exist yet.
  if (status === 0) console.log(versionOf(stdout))
  else if (!/\bcode: 10007\b|has no deployments/.test(output)) {
    process.stderr.write(output)
    process.exitCode = 1
  }
}
