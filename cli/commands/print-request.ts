/** `--dry-run`: what would be sent. Nothing goes over the network, not even to renew a token. */
import type { ApiRequest } from '../api/api-client.ts'
import type { CommandContext } from '../command.ts'

export async function printRequest(context: CommandContext, request: ApiRequest): Promise<undefined> {
  const preview = (await context.api()).preview(request)
  const { output } = context
  if (output.format !== 'table') {
    output.thing(preview)
    return undefined
  }
  const headers = Object.entries(preview.headers).map(([name, value]) => `${name}: ${value}`)
  output.text(
    [`${preview.method} ${preview.url}`, ...headers, ...(preview.body ? ['', preview.body] : [])].join('\n'),
  )
  output.note('Not sent (--dry-run).')
  return undefined
}
