/** The sector of pairwise subjects (OpenID Connect Core §8.1). Fetched at registration, never during a sign-in. */
import type { GuardedFetch } from '../kit/guarded-fetch.ts'
import type { Fault } from '../kit/problem.ts'
import { err, ok, type Result } from '../kit/result.ts'

/**
 * The host that pairwise subjects are computed for. The document must list every redirect URI: otherwise a client
 * could claim another's sector and learn its subjects.
 */
export async function checkSector(
  guardedFetch: GuardedFetch,
  uri: string,
  redirectUris: readonly string[],
): Promise<Result<string, Fault>> {
  const refuse = (detail: string) => err({ pointer: '#/sector_identifier_uri', detail })
  const answer = await guardedFetch(uri)
  if (!answer.ok) {
    const { error } = answer
    const why = 'detail' in error ? error.detail : 'status' in error ? `status ${error.status}` : error.kind
    return refuse(`cannot be fetched: ${why}`)
  }
  const listed = parseList(answer.value)
  if (!listed) return refuse('must lead to a JSON array of redirect URIs')
  const missing = redirectUris.find((redirectUri) => !listed.includes(redirectUri))
  return missing === undefined ? ok(new URL(uri).host) : refuse(`does not list ${missing}`)
}

function parseList(text: string): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}
