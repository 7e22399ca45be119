/** `docs/generated-clients.md`. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../../stack/worker-bundle.ts'
import { generatorTargets } from './targets.ts'
import { versions } from './versions.ts'

const record = join(projectRoot, 'docs/generated-clients.md')

/** What was tried, for people who choose a generator. */
export function writeRecord(): void {
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
`,
  )
}
