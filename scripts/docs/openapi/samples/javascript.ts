// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text is a program of its own
/** Samples for Node, Deno, Bun and (except for environment variables) browsers: only the built-in `fetch`. */
import type { Json } from '../openapi-types.ts'
import type { Part, SampleRequest } from './sample-request.ts'

const value = (part: Part): string =>
  typeof part === 'string'
    ? `'${part.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`
    : part.env
const inTemplate = (part: Part): string =>
  typeof part === 'string' ? part : `\${${part.isFree ? `encodeURIComponent(${part.env})` : part.env}}`
const isName = /^[a-zA-Z_$][\w$]*$/

export function javascriptSample(request: SampleRequest): string {
  const { method, path, query, headers, auth, body } = request
  const variables = variablesOf(request)
  const entries = [
    ...(auth === 'client'
      ? ['authorization: `Basic ${btoa(`${AUTHLY_CLIENT_ID}:${AUTHLY_CLIENT_SECRET}`)}`']
      : []),
    ...(auth === 'token' ? ['authorization: `Bearer ${AUTHLY_TOKEN}`'] : []),
    ...headers.map(([name, part]) => `'${name.toLowerCase()}': ${value(part)}`),
    ...(body && body.kind !== 'form' ? [`'content-type': '${body.type}'`] : []),
  ]
  const options = [
    ...(method === 'GET' ? [] : [`  method: '${method}',`]),
    ...(entries.length > 0 ? ['  headers: {', ...entries.map((entry) => `    ${entry},`), '  },'] : []),
    ...(body ? [`  body: ${bodyOf(body)},`] : []),
  ]
  const url = `\`\${AUTHLY_ISSUER}${path.map(inTemplate).join('')}${query.length > 0 ? '?${query}' : ''}\``
  return [
    ...(body?.kind === 'file' ? ["import { readFile } from 'node:fs/promises'", ''] : []),
    `const { ${variables.join(', ')} } = process.env`,
    ...(query.length > 0 ? [`const query = new URLSearchParams(${record(query)})`] : []),
    options.length > 0
      ? `const response = await fetch(${url}, {\n${options.join('\n')}\n})`
      : `const response = await fetch(${url})`,
    'if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)',
    ...(request.streams
      ? ['for await (const text of response.body.pipeThrough(new TextDecoderStream())) console.log(text)']
      : ['console.log(await response.text())']),
  ].join('\n')
}

const record = (fields: readonly (readonly [string, Part])[]): string =>
  `{ ${fields.map(([name, part]) => `${isName.test(name) ? name : `'${name}'`}: ${value(part)}`).join(', ')} }`

function bodyOf(body: NonNullable<SampleRequest['body']>): string {
  if (body.kind === 'form') return `new URLSearchParams(${record(body.fields)})`
  if (body.kind === 'file') return `await readFile('${body.file}')`
  return `JSON.stringify(${literal(body.value, '  ')})`
}

/** A JavaScript literal; short ones on one line. */
function literal(json: Json, indent: string): string {
  if (typeof json === 'string') return value(json)
  if (json === null || typeof json !== 'object') return String(json)
  const inner = `${indent}  `
  const parts = Array.isArray(json)
    ? json.map((item) => literal(item, inner))
    : Object.entries(json).map(
        ([name, item]) => `${isName.test(name) ? name : `'${name}'`}: ${literal(item, inner)}`,
      )
  const [open, close] = Array.isArray(json) ? ['[', ']'] : ['{', '}']
  if (parts.length === 0) return `${open}${close}`
  const line = Array.isArray(json) ? `[${parts.join(', ')}]` : `{ ${parts.join(', ')} }`
  return line.length < 80 && !line.includes('\n')
    ? line
    : `${open}\n${parts.map((part) => `${inner}${part},`).join('\n')}\n${indent}${close}`
}

/** Every environment variable the request reads, in order of appearance. */
export function variablesOf({ path, query, headers, auth, body }: SampleRequest): readonly string[] {
  const parts: Part[] = [
    { env: 'AUTHLY_ISSUER' },
    ...(auth === 'client' ? [{ env: 'AUTHLY_CLIENT_ID' }, { env: 'AUTHLY_CLIENT_SECRET' }] : []),
    ...(auth === 'token' ? [{ env: 'AUTHLY_TOKEN' }] : []),
    ...path,
    ...[...query, ...headers, ...(body?.kind === 'form' ? body.fields : [])].map(([, part]) => part),
  ]
  return [...new Set(parts.flatMap((part) => (typeof part === 'string' ? [] : [part.env])))]
}
