/** `authly api`: any request, for what has no command. */
import type { ApiRequest } from '../api/api-client.ts'
import { defineCommand } from '../command.ts'
import { usage } from '../failure.ts'
import { readJson } from '../read-value.ts'
import { printRequest } from './print-request.ts'
import { saveAnswer } from './save-answer.ts'

const methods = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE']

export const api = defineCommand({
  words: ['api'],
  summary: 'Send any request to the server, with the token',
  positionals: [
    { name: 'method', summary: 'Method of the request', values: methods },
    { name: 'path', summary: 'Path and query, e.g. /admin/users?limit=5' },
  ],
  options: [
    { name: 'data', value: 'json', summary: 'Body: JSON, `@file` or `-` (stdin)' },
    { name: 'header', value: 'name: value', multiple: true, summary: 'Another header' },
    { name: 'out', value: 'file', summary: 'Where to write the answer; otherwise stdout' },
  ],
  examples: [
    'authly api GET /admin/users?limit=5',
    "authly api PATCH /admin/roles/helpdesk --header 'if-match: *' --data @role.json",
  ],
  async run(context) {
    const { options, positionals } = context
    const method = positionals['method'] as string
    const path = positionals['path'] as string
    if (!/^\/(?!\/)[^\s#]*$/.test(path)) throw usage('The path starts with one “/” and has no spaces.')
    const data = options['data'] as string | undefined
    const body = data === undefined ? undefined : JSON.stringify(await readJson(context, 'data', data))
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
    const request: ApiRequest = {
      ...{ method, path },
      headers: {
        ...(body === undefined ? {} : { 'content-type': type }),
        ...headersOf(options['header'] as readonly string[] | undefined),
      },
      ...(body === undefined ? {} : { body }),
    }
    if (context.global.dryRun) return printRequest(context, request)
    if (method === 'DELETE') await context.confirm(`${method} ${path}?`)
    const response = await (await context.api()).send(request)
    const isJson = /^application\/([\w.+-]*\+)?json\b/.test(response.headers.get('content-type') ?? '')
    if (!isJson || options['out'] !== undefined) {
      await saveAnswer(context, response)
      return undefined
    }
    // JSON is JSON: no table of a thing nobody described.
    const value: unknown = await response.json()
    if (context.output.format === 'table') context.output.text(JSON.stringify(value, null, 2))
    else context.output.thing(value)
    return undefined
  },
})

function headersOf(given: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(
    given.map((line) => {
      const [, name, value] = /^([\w-]+):\s*(.*)$/.exec(line) ?? []
      if (name === undefined || value === undefined) throw usage(`--header “${line}” is not “name: value”.`)
      if (name.toLowerCase() === 'authorization')
        throw usage('The token comes from the profile (or AUTHLY_TOKEN).')
      return [name.toLowerCase(), value]
    }),
  )
}
