/** The Postman and Insomnia collections: the same requests, and every one answered as the document declares. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { apiFiles, loadDocument } from '../../scripts/docs/api-files.ts'
import { type OpenApiDocument, operationsOf } from '../../scripts/docs/openapi/openapi-types.ts'
import { type RunningStack, startStack } from '../../scripts/stack/start-stack.ts'
import { permissionNames } from '../../src/access/permissions.ts'
import { createSeed, type Seed } from '../conformance/seed.ts'
import { sampleFlow } from './sample-flow.ts'

const run = promisify(execFile)
const files = apiFiles(await loadDocument())

type PostmanItem = { name: string; item?: PostmanItem[]; request?: { method: string; url: { raw: string } } }
type InsomniaResource = {
  _type: string
  name: string
  method: string
  url: string
  parameters: { name: string }[]
}
type NewmanReport = {
  run: {
    failures: { source: { name: string }; error: { message: string } }[]
    executions: { item: { id: string; name: string }; response?: { code: number } }[]
  }
}

const postman = JSON.parse(files['public/collections/postman.json']) as PostmanItem
const insomnia = JSON.parse(files['public/collections/insomnia.json']) as {
  resources: InsomniaResource[]
}
const document: OpenApiDocument = JSON.parse(files['public/openapi.json'])

const requestsOf = ({
  item = [],
  request,
  name,
}: PostmanItem): { name: string; method: string; path: string }[] => [
  ...(request ? [{ name, method: request.method, path: request.url.raw.split('?')[0] as string }] : []),
  ...item.flatMap(requestsOf),
]

test('both hold the same requests in the same order', () => {
  const other = insomnia.resources
    .filter(({ _type }) => _type === 'request')
    .map(({ name, method, url }) => ({ name, method, path: url.replaceAll(/\{\{ _\.(\w+) \}\}/g, '{{$1}}') }))
  expect(other).toEqual(requestsOf(postman))
})

test('they hold every operation that a program can call once and that ends', () => {
  const callable = operationsOf(document)
    .filter(({ operation }) => operation['x-codeSamples'] && !('101' in operation.responses))
    .filter(({ operation }) => !operation.responses['200']?.content?.['text/event-stream'])
  expect(requestsOf(postman).length).toBe(callable.length)
})

describe('newman', () => {
  let stack: RunningStack
  let seed: Seed
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'authly-newman-'))
    stack = await startStack()
    seed = createSeed(stack.database_owner_url)
  })
  afterAll(async () => {
    await seed?.close()
    await stack?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  test('runs the Postman collection from the first token to its revocation: every status is a declared one, and the main flows succeed', async () => {
    const client = await seed.addClient({
      client_name: 'Collections',
      grant_types: ['client_credentials'],
      scopes: [...permissionNames],
      resources: [],
    })
    const report = join(folder, 'report.json')
    const postmanFile = join(folder, 'postman.json')
    await writeFile(postmanFile, files['public/collections/postman.json'])
    const variables = {
      issuer: stack.issuer,
      service_client_id: client.client_id,
      service_client_secret: client.client_secret,
    }
    await run(process.execPath, [
      ...['node_modules/newman/bin/newman.js', 'run', postmanFile, '--timeout-request', '30000'],
      ...Object.entries(variables).flatMap(([name, value]) => ['--env-var', `${name}=${value}`]),
      ...['--reporters', 'json', '--reporter-json-export', report],
    ]).catch(() => undefined)
    const { failures, executions } = (JSON.parse(await readFile(report, 'utf8')) as NewmanReport).run
    expect(failures.map(({ source, error }) => `${source.name}: ${error.message}`)).toEqual([])
    // A running job is asked for again.
    expect(new Set(executions.map(({ item }) => item.id)).size).toBe(requestsOf(postman).length)
    const refused = executions
      .filter(({ response }) => response === undefined || response.code >= 400)
      .map(({ item, response }) => `${item.id} ${response?.code}`)
    const mainFlow = new Set(sampleFlow.map(({ operationId }) => operationId))
    expect(refused.filter((text) => mainFlow.has(text.split(' ')[0] ?? ''))).toEqual([
      // A service is no person: it has no claims.
      'getUserInfo 403',
      // Which key to remove is for somebody who read the list.
      'retireKey 404',
    ])
  })
})
