/**
 * `npm run docs:generate`: writes the tables that document the code and are generated from it. With `--check` it writes
 * nothing and fails if one of them is out of date.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadDocument } from './docs/api-files.ts'
import { cliCatalogue } from './docs/cli-catalogue.ts'
import { cliDocument } from './docs/cli-document.ts'
import { costDocument } from './docs/cost-document.ts'
import {
  auditEventsDocument,
  budgetsDocument,
  configurationDocument,
  endpointsDocument,
} from './docs/documents.ts'
import { logDocument } from './docs/log-document.ts'
import { metricsDocument } from './docs/metrics-document.ts'
import { presetsDocument } from './docs/presets-document.ts'
import { profilesDocument } from './docs/profiles-document.ts'
import { quickstartsDocument } from './docs/quickstarts-document.ts'
import { webhookEventsDocument } from './docs/webhook-events-document.ts'

const openApi = await loadDocument()
const performance = await readFile(new URL('../docs/performance.md', import.meta.url), 'utf8')

const documents = {
  'docs/configuration.md': configurationDocument(),
  'docs/endpoints.md': endpointsDocument(openApi),
  'docs/audit-events.md': auditEventsDocument(),
  'docs/webhook-events.md': webhookEventsDocument(),
  'docs/io-budgets.md': budgetsDocument(),
  'docs/cost.md': costDocument(performance),
  'docs/log.md': logDocument(),
  'docs/metrics.md': metricsDocument(),
  'docs/presets.md': presetsDocument(),
  'docs/profiles.md': profilesDocument(),
  'docs/quickstarts/index.md': quickstartsDocument(
    fileURLToPath(new URL('../docs/quickstarts', import.meta.url)),
  ),
  'docs/cli.md': cliDocument(cliCatalogue(openApi)),
}

for (const [path, text] of Object.entries(documents)) {
  const file = fileURLToPath(new URL(`../${path}`, import.meta.url))
  const wanted = `${text}\n`
  if ((await readFile(file, 'utf8').catch(() => '')) === wanted) continue
  if (process.argv.includes('--check')) {
    console.error(`${path} does not say what the code says.`)
    process.exitCode = 1
  } else {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, wanted)
    console.log(`wrote ${path}`)
  }
}
