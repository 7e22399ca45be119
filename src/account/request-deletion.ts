/** A person asks for the deletion of their own account: noted in Postgres, told by message, signed out everywhere. */

import type { Origin } from '../audit/event.ts'
import type { MessageTicket, QueueMessage } from '../delivery/queue-message.ts'
import type { Clock } from '../kit/clock.ts'
import { retryOnce } from '../kit/retry-once.ts'
import { isUnavailable } from '../kit/unavailable.ts'
import { languageOfLocale } from '../messages/choose-language.ts'
import type { SessionsOf } from '../sessions/rules.ts'
import { count } from '../telemetry/count.ts'
import type { OpenOwnAccount } from '../users/own-account.ts'
import type { User } from '../users/user.ts'

export interface DeletionNeeds {
  readonly config: { readonly issuer: string }
  readonly now: Clock
  readonly openOwnAccount: OpenOwnAccount
  readonly queueMessage: QueueMessage
  readonly sessionsOf: SessionsOf
}

const dayMs = 86_400_000

export type RequestedDeletion = { readonly due_at: number } | 'administrator' | 'gone'

/**
 * Safe to repeat: the time of the first request stays.
 * @returns when the account is deleted (milliseconds since the Unix epoch)
 */
export async function requestDeletion(
  needs: DeletionNeeds,
  { user, graceDays, origin }: { readonly user: User; readonly graceDays: number; readonly origin: Origin },
): Promise<RequestedDeletion> {
  const now = needs.now()
  const wanted = now + graceDays * dayMs
  const own = await needs.openOwnAccount()
  // Held back until it is true, so that a crash in between does not keep it from its reader.
  const ticket = await queueNotice(needs, user, wanted)
  const requested = await own
    .requestDeletion({ user_id: user.id, due_at: wanted, now, origin })
    .catch(async (error: unknown) => {
      // Whether an unreachable Postgres has stored it nobody knows: then the message goes.
      if (!isUnavailable(error)) await ticket?.discard().catch(() => undefined)
      throw error
    })
  if (typeof requested === 'string' || requested.due_at !== wanted) {
    // Refused, or asked for before: that message named the right time.
    await ticket?.discard().catch(() => undefined)
  } else {
    count('authly_account_deletions_total', 1, 'requested')
    await ticket?.release().catch(() => undefined)
  }
  if (typeof requested === 'string') return requested
  await retryOnce(() =>
    needs.sessionsOf(user.id).endAllSessions({ now: needs.now(), origin, reason: 'deletion_requested' }),
  )
  return requested
}

/**
 * Attack: whoever has got into the account lets it be deleted unnoticed. To a verified address alone: another one may be a
 * stranger's.
 */
async function queueNotice(
  { config, now, queueMessage }: DeletionNeeds,
  user: User,
  due_at: number,
): Promise<MessageTicket | undefined> {
  const { email, email_verified, profile } = user
  if (!email || !email_verified) return undefined
  const queued = await queueMessage({
    ...{ user_id: user.id, to: { channel: 'email', address: email }, held: true },
    language: languageOfLocale(profile['locale']).tag,
    message: {
      kind: 'account_deletion',
      params: { url: `${config.issuer}/login`, account: user.username ?? email, due_at },
    },
    expires_at: Math.max(due_at, now() + dayMs),
  })
  return queued.ok ? queued.value : undefined
}
