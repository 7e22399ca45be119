/** A token may be revoked, or its session ended, before it expires; the object it belongs to knows. */
import type { LiveToken } from './actor.ts'

type Inspect = (
  subject: string,
  input: { readonly grant_id: string | undefined; readonly jti_hash: string },
) => Promise<{ readonly status: 'live' | 'dead' }>

/** The `holders` whose token is no longer live. One call per token, however many hold it. */
export async function findDeadTokens<Holder>(
  holders: Iterable<Holder>,
  tokenOf: (holder: Holder) => LiveToken,
  inspect: Inspect,
): Promise<readonly Holder[]> {
  const byToken = new Map<string, Holder[]>()
  for (const holder of holders) {
    const { jtiHash } = tokenOf(holder)
    byToken.set(jtiHash, [...(byToken.get(jtiHash) ?? []), holder])
  }
  const dead = await Promise.all(
    [...byToken.values()].map(async (sharing) => {
      const { subject, grantId, jtiHash } = tokenOf(sharing[0] as Holder)
      // Its object is unavailable: checked again next time, and the token expires anyway.
      const { status } = await inspect(subject, { grant_id: grantId, jti_hash: jtiHash }).catch(() => ({
        status: 'live',
      }))
      return status === 'live' ? [] : sharing
    }),
  )
  return dead.flat()
}
