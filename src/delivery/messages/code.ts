/** Codes that a person types where they were asked for one. */
import type { Messages } from '../../messages/en.ts'
import { formatWait } from '../../messages/format-time.ts'
import { isolated } from '../../messages/isolated.ts'
import { defineEmail, defineSms } from './define-message.ts'

export interface CodeParams {
  /** Digits. */
  readonly code: string
  /** For how long it is valid from the moment it was made. */
  readonly valid_seconds: number
  /** In place of typing it, in the browser that asked for it. */
  readonly url?: string | undefined
}

const example: CodeParams = { code: '482913', valid_seconds: 600 }

/** A message with a code, in words of its own where it has some. */
const defineEmailCode = (
  textsOf: (messages: Messages) => Partial<Messages['mail']['code']>,
  shown: CodeParams = { ...example, url: 'https://auth.example.com/login/link?link=EXAMPLE' },
) =>
  defineEmail<CodeParams>({
    compose({ code, valid_seconds, url }, { service, language: { tag, messages } }) {
      const words = { ...messages.mail.code, ...textsOf(messages) }
      return {
        // Not in the subject: it is shown on locked screens and written into the logs of mail servers.
        subject: words.subject(service),
        preview: words.text(isolated(service)),
        title: words.title,
        paragraphs: [words.text(isolated(service))],
        code,
        ...(url === undefined ? {} : { action: { label: words.action, url } }),
        notes: [
          ...(url === undefined ? [] : [words.linkText]),
          words.worksFor(formatWait(tag, valid_seconds)),
          words.neverShare,
        ],
      }
    },
    example: shown,
  })

export const emailCode = defineEmailCode(({ mail }) => mail.code)

/** Of somebody who has forgotten the password. */
export const recoveryCode = defineEmailCode(({ recovery }) => recovery.mail)

/** Proves the address of an account that is being made. */
export const registrationCode = defineEmailCode(({ mail }) => mail.registrationCode, example)

/**
 * No direction marks around the name: one such character halves what fits into a message. The last line binds the code to our host: phones offer it
 * there alone (https://wicg.github.io/sms-one-time-codes/).
 */
export const smsCode = defineSms<CodeParams>({
  compose: ({ code }, { service, host, language }) =>
    `${language.messages.mail.code.sms(code, service)}\n\n@${host} #${code}`,
  example,
})
