/** Messages to every verified address of an account. */
import type { MessageTicket, QueueMessage } from '../delivery/queue-message.ts'
import { isAllowedNumber } from '../kit/calling-codes.ts'
import type { Clock } from '../kit/clock.ts'
import { languageOfLocale } from '../messages/choose-language.ts'
import type { RateLimiter } from '../rate-limits/rate-limiter.ts'
import type { ReadSettings } from '../settings/settings.ts'
import type { User } from '../users/user.ts'

export interface TellNeeds {
  readonly now: Clock
  readonly queueMessage: QueueMessage
  readonly rateLimiter: RateLimiter
  readonly readSettings: ReadSettings
}

/** A day: what is told later is told too late. */
const noticeLifetimeMs = 86_400_000

interface Told {
  readonly email: Parameters<QueueMessage>[0]['message']
  readonly sms?: Parameters<QueueMessage>[0]['message'] | undefined
  /** Waits for `release` (`OutgoingMessage`). */
  readonly held?: boolean
}

/**
 * Queues the message for each verified address.
 * @returns the tickets; none where nobody could be told
 */
export async function tellOwner(
  needs: TellNeeds,
  user: User,
  { email, sms, held = false }: Told,
): Promise<readonly MessageTicket[]> {
  const common = {
    ...{ user_id: user.id, held, language: languageOfLocale(user.profile['locale']).tag },
    expires_at: needs.now() + noticeLifetimeMs,
  }
  const tickets: MessageTicket[] = []
  if (user.email !== undefined && user.email_verified) {
    const to = { channel: 'email', address: user.email } as const
    const queued = await needs.queueMessage({ ...common, to, message: email })
    if (queued.ok) tickets.push(queued.value)
  }
  const number = user.phone_number
  if (sms && number !== undefined && user.phone_number_verified && (await mayText(needs, user.id, number))) {
    const to = { channel: 'sms', address: number } as const
    // One more way to tell them: it stops nothing when it fails.
    const queued = await needs.queueMessage({ ...common, to, message: sms }).catch(() => undefined)
    if (queued?.ok) tickets.push(queued.value)
  }
  return tickets
}

/** Within the limits of codes by text message. Attack: SMS pumping. */
async function mayText(
  { rateLimiter, readSettings }: TellNeeds,
  userId: string,
  number: string,
): Promise<boolean> {
  const settings = await readSettings()
  if (!isAllowedNumber(number, settings['sms.allowed_countries'])) return false
  const own = await rateLimiter.take('sms-user', userId)
  return own.allowed && (await rateLimiter.take('sms-day', 'all')).allowed
}
