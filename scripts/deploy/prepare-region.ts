/**
 * `node scripts/deploy/prepare-region.ts <region> <file>`: checks the configuration of a region against the schema that
 * the worker itself uses, and writes its secrets to a file for `wrangler deploy --secrets-file`. Prints the issuer. A
 * wrong setting stops a deployment before it has changed anything.
 */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { unstable_readConfig } from 'wrangler'
import { environmentSchema, parseConfig } from '../../src/config.ts'
import { describeFailure, OperatorError } from '../process/operator-error.ts'
import { writePrivateFile } from '../process/private-file.ts'
import { regions } from './regions.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Names of the settings whose description in src/config/ starts with "Secret.". */
export const secretNames: readonly string[] = Object.entries(environmentSchema.shape)
  .filter(([, schema]) => schema.description?.startsWith('Secret.'))
  .map(([name]) => name)

/** The issuer and secrets of `region`. Throws OperatorError or ConfigurationError, which name no value. */
export function regionSettings(
  region: string,
  env: NodeJS.ProcessEnv,
  configPath = join(root, 'wrangler.toml'),
) {
  if (!regions.includes(region)) {
    throw new OperatorError(
      `wrangler.toml has no environment "${region}".`,
      `Use one of: ${regions.join(', ')}`,
    )
  }
  const { vars } = unstable_readConfig({ config: configPath, env: region }, { hideWarnings: true })
  const secrets = Object.fromEntries(secretNames.flatMap((name) => (env[name] ? [[name, env[name]]] : [])))
  const config = parseConfig({ ...vars, ...secrets })
  // RFC 2606 reserves these names: nobody can deploy to them.
  if (/(?:^|\.)example\.(?:com|net|org)$/.test(new URL(config.issuer).hostname)) {
    throw new OperatorError(
      `The issuer of "${region}" is still the placeholder ${config.issuer}.`,
      `Put your own host name into routes and AUTHLY_ISSUER of [env.${region}] in wrangler.toml.`,
    )
  }
  return { issuer: config.issuer, secrets }
}

if (import.meta.main) {
  const [region = '', file = ''] = process.argv.slice(2)
  try {
    const { issuer, secrets } = regionSettings(region, process.env)
    await writePrivateFile(file, JSON.stringify(secrets))
    console.log(issuer)
  } catch (error) {
    process.stderr.write(describeFailure(error))
    process.exitCode = 1
  }
}
