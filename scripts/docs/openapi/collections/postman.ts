/**
 * A Postman collection (format 2.1.0) of the planned requests. Its scripts pass ids, tokens and ETags to later
 * requests.
 */
import type { Json, OpenApiDocument } from '../openapi-types.ts'
import { type PlannedRequest, planRequests } from '../plan-requests.ts'
import type { Part, SampleRequest } from '../samples/sample-request.ts'
import { variableName, variablesOf } from './collection-variables.ts'

const text = (part: Part): string => (typeof part === 'string' ? part : `{{${variableName(part.env)}}}`)

/** @returns the collection; variables start with values that need filling in */
export function postmanCollection(document: OpenApiDocument): Json {
  const planned = planRequests(document)
  const folders = [...new Set(planned.map(({ tag }) => tag))]
  return {
    info: {
      name: 'Authly',
      description: `${document.info['description']}\n\nGenerated from openapi.json. Set \`issuer\`, \`client_id\` and \`client_secret\` of a service that may administer; the first request gets its token. Run as a whole it creates, changes and deletes: use a test system.`,
      schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json',
    },
    auth: bearer,
    variable: Object.entries(variablesOf(planned)).map(([key, value]) => ({ key, value, type: 'string' })),
    item: folders.map((name) => ({
      name,
      item: planned.filter(({ tag }) => tag === name).map(itemOf),
    })),
  }
}

const bearer = { type: 'bearer', bearer: [{ key: 'token', value: '{{token}}', type: 'string' }] }
const basic = {
  type: 'basic',
  basic: [
    { key: 'username', value: '{{service_client_id}}', type: 'string' },
    { key: 'password', value: '{{service_client_secret}}', type: 'string' },
  ],
}
const auths: Readonly<Record<SampleRequest['auth'], Json>> = {
  client: basic,
  token: bearer,
  none: { type: 'noauth' },
}

function itemOf(planned: PlannedRequest): Json {
  const { operation, request } = planned
  const path = request.path.map(text).join('')
  const query = request.query.map(([key, value]) => ({ key, value: text(value) }))
  const search = query.map(({ key, value }) => `${key}=${encodeURIComponent(value)}`).join('&')
  const type =
    request.body && request.body.kind !== 'form' ? [{ key: 'Content-Type', value: request.body.type }] : []
  return {
    ...{ id: operation.operationId ?? '', name: operation.summary ?? '' },
    // A route that only redirects is checked by its redirect, not by the page it leads to.
    ...(planned.declared.some((status) => status < 300)
      ? {}
      : { protocolProfileBehavior: { followRedirects: false } }),
    event: [{ listen: 'test', script: { type: 'text/javascript', exec: [...scriptOf(planned)] } }],
    request: {
      ...{ method: request.method, description: operation.description ?? '', auth: auths[request.auth] },
      header: [
        ...request.headers.map(([key, value]) => ({
          key,
          value: headerValue(key, request.method) ?? text(value),
        })),
        ...type,
      ],
      url: {
        raw: `{{issuer}}${path}${search === '' ? '' : `?${search}`}`,
        host: ['{{issuer}}'],
        path: path.split('/').slice(1),
        ...(query.length > 0 ? { query } : {}),
      },
      ...(request.body ? { body: bodyOf(request.body) } : {}),
    },
  }
}

/** A new key for each request. Deletions at the end of a run are unconditional, whatever changed in between. */
function headerValue(name: string, method: string): string | undefined {
  if (name === 'Idempotency-Key') return '{{$guid}}'
  return name === 'If-Match' && method === 'DELETE' ? '*' : undefined
}

function bodyOf(body: NonNullable<SampleRequest['body']>): Json {
  if (body.kind === 'form') {
    return {
      mode: 'urlencoded',
      urlencoded: body.fields.map(([key, value]) => ({ key, value: text(value) })),
    }
  }
  if (body.kind === 'file') return { mode: 'raw', raw: body.text }
  return { mode: 'raw', raw: JSON.stringify(body.value, null, 2), options: { raw: { language: 'json' } } }
}

/** Checks that apply to every answer, and the variables that later requests need from this one. */
function scriptOf({ declared, makes, operation }: PlannedRequest): readonly string[] {
  return [
    `pm.test('answers as documented', () => pm.expect(pm.response.code).to.be.oneOf(${JSON.stringify(declared)}))`,
    "if (pm.response.headers.has('ETag')) pm.collectionVariables.set('etag', pm.response.headers.get('ETag'))",
    ...(makes === undefined
      ? []
      : [
          'if (pm.response.code === 201) {',
          `  const { id, ${makes.parameter} = id } = pm.response.json()`,
          `  const made = pm.response.headers.get('Location')?.split('/').pop() ?? encodeURIComponent(${makes.parameter})`,
          `  pm.collectionVariables.set('${variableName(makes.variable)}', made)`,
          '}',
        ]),
    ...(operation.operationId === 'issueToken'
      ? ["if (pm.response.code === 200) pm.collectionVariables.set('token', pm.response.json().access_token)"]
      : []),
    ...(operation.operationId === 'getJob'
      ? [
          'const isRunning = pm.response.code === 200 && pm.response.json().finished_at === null',
          "if (isRunning) setTimeout(() => pm.execution.setNextRequest('getJob'), 300)",
        ]
      : []),
    ...('202' in operation.responses
      ? ["if (pm.response.code === 202) pm.collectionVariables.set('job_id', pm.response.json().id)"]
      : []),
  ]
}
