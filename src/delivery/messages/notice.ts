/** What people are told about their account, so that they notice what others do with it. */
import type { Messages } from '../../messages/en.ts'
import { formatTime } from '../../messages/format-time.ts'
import { isolated } from '../../messages/isolated.ts'
import { defineEmail, type EmailKind } from './define-message.ts'

export interface NoticeParams {
  /** When it happened (milliseconds since the Unix epoch). */
  readonly at: number
  /** The device in words, such as "Firefox, Windows"; never what a browser says of itself, which anybody can choose. */
  readonly device: string | undefined
  /** "This was not me"; absent where that would lead nowhere. */
  readonly not_me?: { readonly url: string; readonly expires_at: number } | undefined
}

const example: NoticeParams = {
  at: Date.UTC(2030, 0, 15, 12, 0),
  device: 'Firefox, Windows',
  not_me: { url: 'https://auth.example.com/not-me?link=EXAMPLE', expires_at: Date.UTC(2030, 0, 22, 12, 0) },
}

/** A notice in words of its own, with the button that takes the account back. */
const defineNotice = (
  textsOf: (notices: Messages['notices']) => Messages['notices']['newDevice'],
): EmailKind<NoticeParams> =>
  defineEmail<NoticeParams>({
    compose({ at, device, not_me }, { service, language: { tag, messages } }) {
      const { notices } = messages
      const texts = textsOf(notices)
      const text = texts.text(isolated(service))
      return {
        subject: texts.subject(service),
        preview: text,
        title: texts.title,
        paragraphs: [
          text,
          notices.at(formatTime(tag, at, 'UTC')),
          ...(device === undefined ? [] : [notices.device(isolated(device))]),
        ],
        ...(not_me && { action: { label: notices.notMe, url: not_me.url } }),
        notes: [
          notices.fine,
          ...(not_me ? [notices.notMeNote(formatTime(tag, not_me.expires_at, 'UTC'))] : []),
        ],
      }
    },
    example,
  })

export const newDevice = defineNotice((notices) => notices.newDevice)
export const passwordChanged = defineNotice((notices) => notices.passwordChanged)
export const factorAdded = defineNotice((notices) => notices.factorAdded)
export const factorRemoved = defineNotice((notices) => notices.factorRemoved)
export const recoveryCodesMade = defineNotice((notices) => notices.recoveryCodes)
