/**
 * Notices about an account to its e-mail address, with "this was not me". They are queued after the response, and nothing
 * that is wrong with them fails a request.
 */
import type { Origin } from '../audit/event.ts'
import type { Config } from '../config.ts'
import type { Message } from '../delivery/messages/index.ts'
import type { QueueMessage } from '../delivery/queue-message.ts'
import type { Clock } from '../kit/clock.ts'
import { describeDevice } from '../kit/describe-device.ts'
import { describeError } from '../kit/describe-error.ts'
import { logError } from '../kit/log.ts'
import type { RootSecret } from '../kit/root-secret.ts'
import { languageOfLocale } from '../messages/choose-language.ts'
import type { ReadSettings } from '../settings/settings.ts'
import type { FindUser } from '../users/user.ts'
import { canRecover } from './can-recover.ts'
import { issueNotMeLink, notMeSeconds } from './not-me.ts'

export type NoticeKind = Extract<Message['kind'], `notice_${string}`>

/** Tells the owner, after the response. */
export type Notify = (kind: NoticeKind, user_id: string, origin: Origin) => void

export interface NoticeNeeds {
  readonly root: RootSecret
  readonly now: Clock
  readonly config: Pick<Config, 'issuer' | 'delivery'>
  readonly readSettings: ReadSettings
  readonly findUser: FindUser
  readonly queueMessage: QueueMessage
}

export async function sendNotice(
  needs: NoticeNeeds,
  kind: NoticeKind,
  user_id: string,
  { user_agent }: Pick<Origin, 'user_agent'>,
): Promise<void> {
  try {
    if (needs.config.delivery.email === undefined) return
    const settings = await needs.readSettings()
    if (settings['notices.security'] === 'off') return
    const user = await needs.findUser(user_id)
    if (user?.status !== 'active' || user.email === undefined) return
    const at = needs.now()
    const expires_at = at + notMeSeconds * 1000
    // Attack: the address was mistyped by whoever made the account, and its reader takes password and factors away, to
    // recover the account by the mailbox alone.
    const hasButton = user.email_verified && canRecover(settings, needs.config)
    const url = await issueNotMeLink(needs.root, needs.config.issuer, { user_id, at, expires_at })
    const queued = await needs.queueMessage({
      ...{ user_id, to: { channel: 'email', address: user.email }, expires_at },
      language: languageOfLocale(user.profile['locale']).tag,
      message: {
        kind,
        params: {
          ...{ at, device: describeDevice(user_agent) },
          not_me: hasButton ? { url, expires_at } : undefined,
        },
      },
    })
    if (!queued.ok) logError('notice_failed', { reason: queued.error })
  } catch (failure) {
    logError('notice_failed', { reason: describeError(failure) })
  }
}
