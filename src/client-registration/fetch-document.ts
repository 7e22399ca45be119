/** Fetches the document of a client through the guard of outgoing requests. */
import type { Config } from '../config.ts'
import { createGuardedFetch } from '../kit/guarded-fetch.ts'
import { observedFetch } from '../telemetry/observed-fetch.ts'
import { type DocumentMetadata, readDocument } from './read-document.ts'

export type FetchedDocument =
  | { readonly outcome: 'fetched'; readonly metadata: DocumentMetadata; readonly freshSeconds: number }
  /** It answers, and what it says is no document. */
  | { readonly outcome: 'invalid' }
  | { readonly outcome: 'unreachable' }
  | { readonly outcome: 'limited' }

/** The draft recommends 5 KB; jwks of several keys need more. */
const limits = { maxBytes: 10 * 1024, timeoutMilliseconds: 3000 }
/** Bounds of what the host says about caching: a key that was removed must not count for long. */
export const freshness = { least: 60, usual: 300, most: 3600 }

export async function fetchDocument(config: Config, address: string): Promise<FetchedDocument> {
  let headers: Headers | undefined
  const send = async (url: string, init: RequestInit): Promise<Response> => {
    const response = await observedFetch(url, init)
    headers = response.headers
    return response
  }
  const answer = await createGuardedFetch(config, send, limits)(address)
  if (!answer.ok) {
    const { error } = answer
    const isOutage =
      error.kind === 'unreachable' ||
      (error.kind === 'bad_status' && (error.status >= 500 || error.status === 429))
    return { outcome: isOutage ? 'unreachable' : 'invalid' }
  }
  // Attack: a host where people store texts of their own would speak for itself.
  if (!/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(headers?.get('content-type') ?? '')) {
    return { outcome: 'invalid' }
  }
  const metadata = await readDocument(answer.value, address, config)
  return metadata
    ? { outcome: 'fetched', metadata, freshSeconds: freshSeconds(headers?.get('cache-control') ?? '') }
    : { outcome: 'invalid' }
}

/** RFC 9111 §5.2.2, within bounds. */
export function freshSeconds(cacheControl: string): number {
  if (/\bno-(store|cache)\b/i.test(cacheControl)) return freshness.least
  const maxAge = /\bmax-age=(\d{1,9})\b/i.exec(cacheControl)?.[1]
  if (maxAge === undefined) return freshness.usual
  return Math.min(Math.max(Number(maxAge), freshness.least), freshness.most)
}
