/** Samples for the shell. */
import type { Part, SampleRequest } from './sample-request.ts'

const text = (part: Part): string => (typeof part === 'string' ? part : `$${part.env}`)
/** Quoted only where the shell would interpret a character. */
const quote = (value: string): string =>
  value.includes('$')
    ? `"${value.replaceAll('"', '\\"')}"`
    : /^[\w=:/.,@+-]+$/.test(value)
      ? value
      : `'${value}'`

export function curlSample(request: SampleRequest): string {
  const { method, path, query, headers, auth, body } = request
  const implied = body === undefined ? 'GET' : 'POST'
  const free = path.flatMap((part) => (typeof part !== 'string' && part.isFree ? [part.env] : []))
  const lines = [
    `curl --silent --fail-with-body${request.streams ? ' --no-buffer' : ''}${method === implied ? '' : ` --request ${method}`}`,
    ...(auth === 'client' ? ['--user "$AUTHLY_CLIENT_ID:$AUTHLY_CLIENT_SECRET"'] : []),
    ...(auth === 'token' ? ['--header "Authorization: Bearer $AUTHLY_TOKEN"'] : []),
    ...headers.map(([name, value]) => `--header ${quote(`${name}: ${text(value)}`)}`),
    ...bodyLines(body),
    ...(query.length > 0 && body === undefined
      ? ['--get', ...query.map(([name, value]) => `--data-urlencode ${quote(`${name}=${text(value)}`)}`)]
      : []),
    `"$AUTHLY_ISSUER${path.map(text).join('')}${body === undefined ? '' : search(query)}"`,
  ]
  const note = free.map((name) => `# ${name} as it stands in a URL: percent-encoded\n`).join('')
  return note + lines.join(' \\\n  ')
}

/** With a body, `--get` would turn that into the query. */
const search = (query: SampleRequest['query']): string =>
  query.length === 0
    ? ''
    : `?${query.map(([name, value]) => `${name}=${typeof value === 'string' ? encodeURIComponent(value) : text(value)}`).join('&')}`

function bodyLines(body: SampleRequest['body']): string[] {
  if (body === undefined) return []
  if (body.kind === 'form') {
    return body.fields.map(([name, value]) => `--data-urlencode ${quote(`${name}=${text(value)}`)}`)
  }
  const type = `--header 'Content-Type: ${body.type}'`
  if (body.kind === 'file') return [type, `--data-binary @${body.file}`]
  return [
    type,
    `--data '${JSON.stringify(body.value, null, 2).replaceAll("'", "'\\''").replaceAll('\n', '\n  ')}'`,
  ]
}
