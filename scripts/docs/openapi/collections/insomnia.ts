/** The same requests as an Insomnia export (format 4). Template tags take the token from the first request. */
import { createHash } from 'node:crypto'
import type { Json, OpenApiDocument } from '../openapi-types.ts'
import { type PlannedRequest, planRequests } from '../plan-requests.ts'
import type { Part, SampleRequest } from '../samples/sample-request.ts'
import { variableName, variablesOf } from './collection-variables.ts'

const workspaceId = 'wrk_authly'
const idOf = (kind: string, name: string): string =>
  `${kind}_${createHash('sha256').update(name).digest('hex').slice(0, 32)}`

const text = (part: Part): string => (typeof part === 'string' ? part : `{{ _.${variableName(part.env)} }}`)

export function insomniaCollection(document: OpenApiDocument): Json {
  const planned = planRequests(document)
  const folders = [...new Set(planned.map(({ tag }) => tag))]
  const variables = variablesOf(planned)
  return {
    _type: 'export',
    __export_format: 4,
    // A fixed time: the same document produces the same file.
    __export_date: '2026-01-01T00:00:00.000Z',
    __export_source: 'authly',
    resources: [
      { _id: workspaceId, _type: 'workspace', parentId: null, name: 'Authly', scope: 'collection' },
      {
        ...{ _id: 'env_authly', _type: 'environment', parentId: workspaceId, name: 'Base environment' },
        data: { ...variables, token: tokenOfFirstRequest },
      },
      ...folders.map((name, index) => ({
        ...{ _id: idOf('fld', name), _type: 'request_group', parentId: workspaceId, name },
        metaSortKey: index,
      })),
      ...planned.map(requestOf),
    ],
  }
}

/** Insomnia sends the token request by itself while there is no answer yet. */
const tokenOfFirstRequest = `{% response 'body', '${idOf('req', 'issueToken')}', 'b64::JC5hY2Nlc3NfdG9rZW4=::46b', 'no-history', 60 %}`

function requestOf({ operation, request, tag }: PlannedRequest, index: number): Json {
  const { method, path, query, headers, auth, body } = request
  return {
    _id: idOf('req', operation.operationId as string),
    ...{ _type: 'request', parentId: idOf('fld', tag), metaSortKey: index, method },
    name: operation.summary ?? '',
    description: operation.description ?? '',
    url: `{{ _.issuer }}${path.map(text).join('')}`,
    parameters: query.map(([name, value]) => ({ name, value: text(value) })),
    headers: [
      ...headers.map(([name, value]) => ({
        name,
        value: name === 'Idempotency-Key' ? "{% uuid 'v4' %}" : text(value),
      })),
      ...(body ? [{ name: 'Content-Type', value: typeOf(body) }] : []),
    ],
    authentication: authentications[auth],
    body: body ? bodyOf(body) : {},
  }
}

const authentications: Readonly<Record<SampleRequest['auth'], Json>> = {
  client: { type: 'basic', username: '{{ _.service_client_id }}', password: '{{ _.service_client_secret }}' },
  token: { type: 'bearer', token: '{{ _.token }}' },
  none: {},
}

const typeOf = (body: NonNullable<SampleRequest['body']>): string =>
  body.kind === 'form' ? 'application/x-www-form-urlencoded' : body.type

function bodyOf(body: NonNullable<SampleRequest['body']>): Json {
  const mimeType = typeOf(body)
  if (body.kind === 'form') {
    return { mimeType, params: body.fields.map(([name, value]) => ({ name, value: text(value) })) }
  }
  return { mimeType, text: body.kind === 'file' ? body.text : JSON.stringify(body.value, null, 2) }
}
