/**
 * `npm run docs:generate`: writes the documents that repeat what code says. With `--check` it writes nothing and
 * fails when one of them is not what it would write.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cliCatalogue } from './docs/cli-catalogue.ts'
import { cliDocument } from './docs/cli-document.ts'
import {
  auditEventsDocument,
  budgetsDocument,
  configurationDocument,
  endpointsDocument,
} from './docs/documents.ts'
import { loadApp } from './docs/load-app.ts'
import { buildDocument } from './docs/openapi/build-document.ts'
import { insomniaCollection } from './docs/openapi/collections/insomnia.ts'
import { postmanCollection } from './docs/openapi/collections/postman.ts'
import { toOpenApi30 } from './docs/openapi/down-convert.ts'
import { shareResponses } from './docs/openapi/share-responses.ts'

const openApi = buildDocument(await loadApp())

const catalogue = cliCatalogue(openApi)

const documents = {
  'docs/configuration.md': configurationDocument(),
  'docs/endpoints.md': endpointsDocument(openApi),
  'docs/audit-events.md': auditEventsDocument(),
  'docs/io-budgets.md': budgetsDocument(),
  'docs/cli.md': cliDocument(catalogue),
  'cli/operations.json': JSON.stringify(catalogue, null, 1),
  'public/openapi.json': JSON.stringify(shareResponses(openApi), null, 1),
  'public/openapi-3.0.json': JSON.stringify(shareResponses(toOpenApi30(openApi)), null, 1),
  'docs/collections/postman.json': JSON.stringify(postmanCollection(openApi), null, 1),
  'docs/collections/insomnia.json': JSON.stringify(insomniaCollection(openApi), null, 1),
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
