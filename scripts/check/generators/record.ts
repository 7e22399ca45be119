/** `docs/generated-clients.md`: what was tried, with a digest of it, so that CI repeats it only after a change. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../../stack/worker-bundle.ts'
import { generatorTargets } from './targets.ts'
import { versions } from './versions.ts'

const record = join(projectRoot, 'docs/generated-clients.md')

/** Of everything that decides whether clients work: the documents, the programs that call, rules and versions. */
export function digestOfInputs(documents: readonly string[]): string {
  const here = import.meta.dirname
  const own = readdirSync(here, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
  const hash = createHash('sha256')
  for (const file of [...documents, ...own.sort()]) hash.update(readFileSync(file))
  return hash.digest('hex')
}

export const isRecorded = (digest: string): boolean =>
  existsSync(record) && readFileSync(record, 'utf8').includes(digest)

export function writeRecord(digest: string): void {
  const names = generatorTargets.map(({ name, note }) => `- ${name}${note === undefined ? '' : `: ${note}`}`)
  const pinned = Object.entries(versions).map(([name, version]) => `| ${name} | ${version} |`)
  writeFileSync(
    record,
    `# Generated clients

Written by \`npm run test:generators\` when everything has passed; do not edit. From \`/openapi.json\` these generators
make clients that compile, create an account and find it again:

${names.join('\n')}

Redocly and Spectral read \`/openapi.json\` and \`/openapi-3.0.json\` without a complaint; rules that are switched off are
explained in \`scripts/check/generators/\`. The programs that call are in \`scripts/check/generators/calls/\`. Pinned versions:

| Tool | Version |
| --- | --- |
${pinned.join('\n')}

CI repeats this when documents, programs or versions are no longer those of this digest: \`${digest}\`
`,
  )
}
