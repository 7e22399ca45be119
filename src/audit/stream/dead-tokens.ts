/** A token may be revoked, or its session ended, before it expires: the object it belongs to knows. */
import type { Subscriber } from './subscriber.ts'

type Inspect = (
  subject: string,
  input: { readonly grant_id: string | undefined; readonly jti_hash: string },
) => Promise<{ readonly status: 'live' | 'dead' }>

/** The subscribers whose token lives no more. One call per token, however many streams it opened. */
export async function findDeadTokens(
  subscribers: Iterable<Subscriber>,
  inspect: Inspect,
): Promise<readonly Subscriber[]> {
  const byToken = new Map<string, Subscriber[]>()
  for (const subscriber of subscribers) {
    const { jti_hash } = subscriber.subscription.token
    byToken.set(jti_hash, [...(byToken.get(jti_hash) ?? []), subscriber])
  }
  const dead = await Promise.all(
    [...byToken.values()].map(async (sharing) => {
      const { subject, grant_id, jti_hash } = (sharing[0] as Subscriber).subscription.token
      // Its object is away: asked again next time, and the token ends by itself.
      const { status } = await inspect(subject, { grant_id, jti_hash }).catch(() => ({ status: 'live' }))
      return status === 'live' ? [] : sharing
    }),
  )
  return dead.flat()
}
