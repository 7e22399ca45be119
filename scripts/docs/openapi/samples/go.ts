/** Samples for Go: only the standard library. */
import type { Part, SampleRequest } from './sample-request.ts'

const value = (part: Part): string =>
  typeof part === 'string' ? JSON.stringify(part) : `os.Getenv("${part.env}")`

export function goSample(request: SampleRequest): string {
  const { method, path, query, headers, auth, body } = request
  const needsUrl = query.length > 0 || body?.kind === 'form' || path.length > 1
  const imports = [
    ...['io', 'log', 'net/http'],
    ...(needsUrl ? ['net/url'] : []),
    'os',
    ...(body && body.kind !== 'file' ? ['strings'] : []),
  ]
  const target = [
    'os.Getenv("AUTHLY_ISSUER")',
    ...path
      .filter((part) => part !== '')
      .map((part) => (typeof part === 'string' ? JSON.stringify(part) : `url.PathEscape(${value(part)})`)),
    ...(query.length > 0 ? ['"?"', 'query.Encode()'] : []),
  ].join('+')
  const lines = [
    ...(query.length > 0 ? [`query := url.Values{${values(query)}}`] : []),
    ...(body?.kind === 'form' ? [`form := url.Values{${values(body.fields)}}`] : []),
    ...(body?.kind === 'json' ? [`body := \`${JSON.stringify(body.value, null, 2)}\``] : []),
    ...(body?.kind === 'file'
      ? [`file, err := os.Open("${body.file}")`, 'if err != nil {', '\tlog.Fatal(err)', '}']
      : []),
    `request, err := http.NewRequest("${method}", ${target}, ${reader(body)})`,
    ...['if err != nil {', '\tlog.Fatal(err)', '}'],
    ...(auth === 'client'
      ? ['request.SetBasicAuth(os.Getenv("AUTHLY_CLIENT_ID"), os.Getenv("AUTHLY_CLIENT_SECRET"))']
      : []),
    ...(auth === 'token' ? ['request.Header.Set("Authorization", "Bearer "+os.Getenv("AUTHLY_TOKEN"))'] : []),
    ...headers.map(([name, part]) => `request.Header.Set("${name}", ${value(part)})`),
    ...(body
      ? [
          `request.Header.Set("Content-Type", "${body.kind === 'form' ? 'application/x-www-form-urlencoded' : body.type}")`,
        ]
      : []),
    'response, err := http.DefaultClient.Do(request)',
    ...['if err != nil {', '\tlog.Fatal(err)', '}', 'defer response.Body.Close()'],
    'io.Copy(os.Stdout, response.Body)',
    ...['if response.StatusCode >= 300 {', '\tlog.Fatal(response.Status)', '}'],
  ]
  return [
    ...['package main', '', 'import ('],
    ...imports.map((name) => `\t"${name}"`),
    ...[')', '', 'func main() {'],
    ...lines.map((line) => `\t${line}`),
    '}',
  ].join('\n')
}

const values = (fields: readonly (readonly [string, Part])[]): string =>
  fields.map(([name, part]) => `${JSON.stringify(name)}: {${value(part)}}`).join(', ')

function reader(body: SampleRequest['body']): string {
  if (body === undefined) return 'nil'
  if (body.kind === 'form') return 'strings.NewReader(form.Encode())'
  return body.kind === 'json' ? 'strings.NewReader(body)' : 'file'
}
