/** Files for programs that are generated from the OpenAPI document: built, never committed (scripts/build.ts). */
import { managementFiles } from '../sdk/management/management-files.ts'
import { webhookEventsSource } from '../sdk/webhook-events.ts'
import { cliCatalogue } from './cli-catalogue.ts'
import { loadApp } from './load-app.ts'
import { buildDocument } from './openapi/build-document.ts'
import { insomniaCollection } from './openapi/collections/insomnia.ts'
import { postmanCollection } from './openapi/collections/postman.ts'
import { toOpenApi30 } from './openapi/down-convert.ts'
import type { OpenApiDocument } from './openapi/openapi-types.ts'
import { shareResponses } from './openapi/share-responses.ts'

export const loadDocument = async (): Promise<OpenApiDocument> => buildDocument(await loadApp())

/** @returns text by path in the project; the same document gives the same bytes */
export const apiFiles = (openApi: OpenApiDocument) => ({
  'cli/operations.json': jsonText(cliCatalogue(openApi)),
  'public/openapi.json': jsonText(shareResponses(openApi)),
  'public/openapi-3.0.json': jsonText(shareResponses(toOpenApi30(openApi))),
  'sdk/js/webhooks/src/events.ts': webhookEventsSource(openApi),
  ...managementFiles(openApi),
  'public/collections/postman.json': jsonText(postmanCollection(openApi)),
  'public/collections/insomnia.json': jsonText(insomniaCollection(openApi)),
})

const jsonText = (value: unknown) => `${JSON.stringify(value, null, 1)}\n`
