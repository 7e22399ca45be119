/** Files that commands send: streamed, so that their size does not matter here. */
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import type { ApiRequest } from '../api/api-client.ts'
import type { CatalogueOperation } from '../api/catalogue.ts'
import type { CommandContext } from '../command.ts'
import { usage } from '../failure.ts'
import { strictText } from '../strict-text.ts'

const typeByEnding: Readonly<Record<string, readonly string[]>> = {
  csv: ['text/csv'],
  ndjson: ['application/x-ndjson', 'application/jsonl'],
  jsonl: ['application/x-ndjson', 'application/jsonl'],
  json: ['application/json', 'application/x-ndjson'],
  png: ['image/png'],
  jpg: ['image/jpeg'],
  jpeg: ['image/jpeg'],
  webp: ['image/webp'],
}

/** Body and `Content-Type` for the file given, `-` being stdin. */
export async function openUpload(
  context: CommandContext,
  { upload = [] }: Pick<CatalogueOperation, 'upload'>,
): Promise<{ body: NonNullable<ApiRequest['body']>; contentType: string }> {
  const path = context.positionals['file'] as string
  const ending = path.split('.').at(-1)?.toLowerCase() ?? ''
  const contentType =
    (context.options['content-type'] as string | undefined) ??
    typeByEnding[ending]?.find((type) => upload.includes(type))
  if (contentType === undefined) throw usage(`What is in ${path}?`, `--content-type ${upload.join(' | ')}`)
  if (path === '-') {
    if (contentType.startsWith('image/')) throw usage('A picture is read from a file.')
    const text = await context.readStdin()
    return { contentType, body: text }
  }
  const found = await stat(path).catch(() => undefined)
  if (!found?.isFile()) throw usage(`${path} is no file.`)
  // A signature covers the digest of the whole body, which stands before it.
  const isSigned =
    context.options['sign-key'] !== undefined || context.terminal.env['AUTHLY_SIGN_KEY'] !== undefined
  if (isSigned) {
    const bytes = await readFile(path)
    const isPicture = contentType.startsWith('image/')
    return { contentType, body: isPicture ? Uint8Array.from(bytes) : strictText(bytes, path) }
  }
  return { contentType, body: () => Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array> }
}
