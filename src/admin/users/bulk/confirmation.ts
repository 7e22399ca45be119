/**
 * The confirmation between a dry run and a bulk deletion: sealed proof that this caller recently saw this count for
 * this filter. Mistake: a mistyped filter, a copied request or an old script would delete the wrong users.
 */
import type { RootSecret } from '../../../kit/root-secret.ts'
import type { UserFilter } from '../../../users/user-filter.ts'

const purpose = 'bulk deletion'
const lifetimeMs = 10 * 60_000

export interface Confirmed {
  readonly filter: UserFilter
  readonly actorId: string
}

/** The filter in canonical form, independent of the order of its conditions. */
const contextOf = ({ filter, actorId }: Confirmed): string =>
  JSON.stringify([actorId, Object.entries(filter).sort(([left], [right]) => (left < right ? -1 : 1))])

/** @param now milliseconds since the Unix epoch */
export async function sealConfirmation(
  root: RootSecret,
  confirmed: Confirmed & { readonly count: number },
  now: number,
): Promise<{ readonly token: string; readonly expiresAt: number }> {
  const expiresAt = now + lifetimeMs
  const content = JSON.stringify({ count: confirmed.count, expiresAt })
  return { token: await root.seal(purpose, content, contextOf(confirmed)), expiresAt }
}

/** The confirmed count; undefined for a token of another filter or caller, or an expired one. */
export async function openConfirmation(
  root: RootSecret,
  token: string,
  confirmed: Confirmed,
  now: number,
): Promise<number | undefined> {
  const content = await root.open(purpose, token, contextOf(confirmed))
  if (content === undefined) return undefined
  const { count, expiresAt } = JSON.parse(content) as { count: number; expiresAt: number }
  return now < expiresAt ? count : undefined
}
