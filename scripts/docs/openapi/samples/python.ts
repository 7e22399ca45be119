/** Samples for Python 3: only the standard library. */
import type { Json } from '../openapi-types.ts'
import type { Part, SampleRequest } from './sample-request.ts'

const text = (literal: string): string => JSON.stringify(literal)
const value = (part: Part): string => (typeof part === 'string' ? text(part) : `env["${part.env}"]`)
const inTemplate = (part: Part): string => {
  if (typeof part === 'string') return part
  return part.isFree ? `{urllib.parse.quote(env['${part.env}'], safe='')}` : `{env['${part.env}']}`
}

const isFree = (part: Part): boolean => typeof part !== 'string' && part.isFree === true

export function pythonSample(request: SampleRequest): string {
  const { method, path, query, headers, auth, body } = request
  const modules = [
    ...(auth === 'client' ? ['base64'] : []),
    ...(body?.kind === 'json' ? ['json'] : []),
    'os',
    ...(query.length > 0 || body?.kind === 'form' || path.some(isFree) ? ['urllib.parse'] : []),
    'urllib.request',
  ]
  const entries = [
    ...(auth === 'client' ? ['"Authorization": f"Basic {credentials}"'] : []),
    ...(auth === 'token' ? [`"Authorization": f"Bearer {env['AUTHLY_TOKEN']}"`] : []),
    ...headers.map(([name, part]) => `"${name}": ${value(part)}`),
    ...(body && body.kind !== 'form' ? [`"Content-Type": "${body.type}"`] : []),
  ]
  const url = `f"{env['AUTHLY_ISSUER']}${path.map(inTemplate).join('')}${query.length > 0 ? '?{query}' : ''}"`
  return [
    ...modules.map((name) => `import ${name}`),
    '',
    'env = os.environ',
    ...(auth === 'client'
      ? [
          `credentials = f"{env['AUTHLY_CLIENT_ID']}:{env['AUTHLY_CLIENT_SECRET']}"`,
          'credentials = base64.b64encode(credentials.encode()).decode()',
        ]
      : []),
    ...(query.length > 0 ? [`query = urllib.parse.urlencode(${record(query)})`] : []),
    'request = urllib.request.Request(',
    `    ${url},`,
    ...(method === 'GET' ? [] : [`    method="${method}",`]),
    ...(entries.length > 0
      ? ['    headers={', ...entries.map((entry) => `        ${entry},`), '    },']
      : []),
    ...(body ? [`    data=${bodyOf(body)},`] : []),
    ')',
    'with urllib.request.urlopen(request) as response:',
    ...(request.streams
      ? ['    for line in response:', '        print(line.decode(), end="")']
      : ['    print(response.read().decode())']),
  ].join('\n')
}

const record = (fields: readonly (readonly [string, Part])[]): string =>
  `{${fields.map(([name, part]) => `${text(name)}: ${value(part)}`).join(', ')}}`

function bodyOf(body: NonNullable<SampleRequest['body']>): string {
  if (body.kind === 'form') return `urllib.parse.urlencode(${record(body.fields)}).encode()`
  if (body.kind === 'file') return `open("${body.file}", "rb").read()`
  return `json.dumps(${literal(body.value, '    ')}).encode()`
}

function literal(json: Json, indent: string): string {
  if (json === null) return 'None'
  if (typeof json === 'boolean') return json ? 'True' : 'False'
  if (typeof json !== 'object') return JSON.stringify(json)
  const inner = `${indent}    `
  const parts = Array.isArray(json)
    ? json.map((item) => literal(item, inner))
    : Object.entries(json).map(([name, item]) => `${text(name)}: ${literal(item, inner)}`)
  const [open, close] = Array.isArray(json) ? ['[', ']'] : ['{', '}']
  const line = `${open}${parts.join(', ')}${close}`
  return line.length < 70 && !line.includes('\n')
    ? line
    : `${open}\n${parts.map((part) => `${inner}${part},`).join('\n')}\n${indent}${close}`
}
