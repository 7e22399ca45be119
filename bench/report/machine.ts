/** What the numbers were taken on. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cpus } from 'node:os'

export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly node: string
  readonly workerd: string
  readonly oidcProvider: string
  readonly loadGenerator: string
}

const versionOf = (name: string): string => {
  const path = createRequire(import.meta.url).resolve(`${name}/package.json`)
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version
}

export const describeMachine = (loadGenerator: string): Machine => ({
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  node: process.version,
  workerd: versionOf('workerd'),
  oidcProvider: versionOf('oidc-provider'),
  loadGenerator,
})
