/** What a visit to the authorization endpoint asks for, and that it is answered once. */
import type { Client, FindClient } from '../../clients/client.ts'
import type { Interaction } from '../../interaction/interaction.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import type { Parameters } from '../../protocol/parameters.ts'
import { plain } from '../../protocol/request-provenance.ts'
import type { SpendOnce, WasSpent } from '../../sessions/single-use.ts'
import type { CheckInput } from './check.ts'
import { identifyClient } from './identify-client.ts'
import type { RedirectTarget } from './redirect-target.ts'
import type { RequestSourceNeeds, UnresolvedRequest } from './request-sources/request-source.ts'
import { resolveRequest } from './resolve-request.ts'
import { type CheckedAuthorize, checkTarget } from './stages.ts'

export type AskNeeds = RequestSourceNeeds & { readonly findClient: FindClient }

export type Unanswerable = Exclude<CheckedAuthorize, { kind: 'request' }>

/**
 * Reads the request.
 * @param interaction the one that is resumed, whose request was read when it began: what it refers to may have expired
 */
export async function readRequest(
  needs: AskNeeds,
  parameters: Parameters,
  interaction: Interaction | undefined,
): Promise<Result<CheckInput, Unanswerable>> {
  const identified = await identifyClient(needs, parameters)
  if (!identified.ok) return err({ kind: 'local', refusal: identified.error })
  const client = identified.value
  if (interaction) return ok({ client, parameters, provenance: interaction.provenance ?? plain })
  const resolved = await resolveRequest(needs, 'authorize', { parameters, client })
  return resolved.ok ? ok({ client, ...resolved.value }) : err(unanswerable(resolved.error, client))
}

/** Attack: a link with somebody else's request object sends people where its author wants (RFC 9700 §4.11). */
function unanswerable({ refusal, parameters }: UnresolvedRequest, client: Client): Unanswerable {
  const target: Result<RedirectTarget, unknown> = parameters
    ? checkTarget({ parameters, client })
    : err(undefined)
  return target.ok ? { kind: 'redirect', target: target.value, refusal } : { kind: 'local', refusal }
}

/**
 * Uses a request up when its response leaves, and not before: until then the page may be loaded again, in a second tab
 * too. @returns false when another response has left
 */
export const useUp = async (
  { spendOnce }: { readonly spendOnce: SpendOnce },
  { client, provenance: { once } }: Pick<CheckInput, 'client' | 'provenance'>,
): Promise<boolean> => once === undefined || spendOnce(scopeOf(client), once.id, once.keep_until)

/** Asked before a page is shown, so that nobody signs in for a request that is over. */
export const isUsedUp = async (
  { wasSpent }: { readonly wasSpent: WasSpent },
  { client, provenance: { once } }: Pick<CheckInput, 'client' | 'provenance'>,
): Promise<boolean> => once !== undefined && wasSpent(scopeOf(client), once.id)

const scopeOf = (client: Client): string => `authorization-request:${client.client_id}`
