/**
 * `npm run docs:generate`: writes the documents that repeat what code says. With `--check` it writes nothing and
 * fails when one of them is not what it would write.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import {
  auditEventsDocument,
  budgetsDocument,
  configurationDocument,
  endpointsDocument,
} from './docs/documents.ts'
import { loadEndpoints } from './docs/load-app.ts'

const documents = {
  'docs/configuration.md': configurationDocument(),
  'docs/endpoints.md': endpointsDocument(await loadEndpoints()),
  'docs/audit-events.md': auditEventsDocument(),
  'docs/io-budgets.md': budgetsDocument(),
}

for (const [path, text] of Object.entries(documents)) {
  const file = fileURLToPath(new URL(`../${path}`, import.meta.url))
  const wanted = `${text}\n`
  if ((await readFile(file, 'utf8').catch(() => '')) === wanted) continue
  if (process.argv.includes('--check')) {
    console.error(`${path} does not say what the code says.`)
    process.exitCode = 1
  } else {
    await writeFile(file, wanted)
    console.log(`wrote ${path}`)
  }
}
