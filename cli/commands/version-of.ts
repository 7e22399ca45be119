/** `If-Match`: what is changed is the version somebody saw. */
import type { CatalogueOperation } from '../api/catalogue.ts'
import type { CommandContext } from '../command.ts'

/** Where the version of what `operation` changes can be read: its own path, or the thing it is a part of. */
export function versionedPath(
  { path }: Pick<CatalogueOperation, 'path'>,
  all: readonly CatalogueOperation[],
): string {
  const readable = all.filter((other) => other.method === 'GET' && `${path}/`.startsWith(`${other.path}/`))
  return readable.sort((a, b) => b.path.length - a.path.length)[0]?.path ?? path
}

/** The ETag to change: the one given, or that of the thing as it is now. */
export async function versionOf(context: CommandContext, path: string, isPreview: boolean): Promise<string> {
  const given = context.options['if-match'] as string | undefined
  // A bare number is what people copy; the header wants quotes.
  if (given !== undefined) return /^\d+$/.test(given) ? `"${given}"` : given
  if (isPreview) return '<the ETag read before>'
  const response = await (await context.api()).send({ method: 'GET', path })
  await response.body?.cancel()
  return response.headers.get('etag') ?? '*'
}
