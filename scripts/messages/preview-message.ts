/** A message of a kind with its example, as people would get it: for whoever words it or brands it. */

import { toMessageBrand } from '../../src/delivery/message-brand.ts'
import { type Message, messageKinds } from '../../src/delivery/messages/index.ts'
import { renderMessage } from '../../src/delivery/render-message.ts'
import type { LanguageTag } from '../../src/messages/languages.ts'
import { toSettings } from '../../src/settings/settings.ts'

export const kinds = Object.keys(messageKinds)

/**
 * Contents of files by their extension.
 * @param kind one of `kinds`
 * @param name of the service
 */
export function previewMessage(
  kind: string,
  language: string,
  name?: string,
): Readonly<Record<string, string>> {
  const brand = toMessageBrand(toSettings({}), 'https://auth.example.com')
  const { channel, example } = messageKinds[kind as Message['kind']]
  const rendered = renderMessage('01900000-0000-7000-8000-000000000000', {
    to: { channel, address: channel === 'sms' ? '+4915112345678' : 'ada@example.com' },
    language: language as LanguageTag,
    brand: name === undefined ? brand : { ...brand, name },
    host: 'auth.example.com',
    message: { kind, params: example } as Message,
  })
  if (rendered.channel === 'sms') return { txt: rendered.sms.text }
  const { subject, html, text } = rendered.email
  return { html, txt: `Subject: ${subject}\n\n${text}` }
}
