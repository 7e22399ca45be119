/** An e-mail, as every provider takes it. */
import { singleLinePattern } from '../kit/patterns.ts'

export interface Email {
  /** UUID of the message. */
  readonly id: string
  readonly from: { readonly address: string; readonly name: string }
  readonly to: string
  readonly subject: string
  readonly html: string
  readonly text: string
  /** What a provider that reports bounces is to give back with one. ASCII letters, digits, `_` and `-`. */
  readonly tags?: Readonly<Record<string, string>> | undefined
}

const angleOrSpace = /[\s<>]/

/**
 * Whether every part that stands in a header or a command is one line, and the addresses nothing but addresses. Asked
 * once, before any provider sees the message. Attack: header or command injection, by which a value with a line break
 * adds recipients (`\r\nBcc: …`) or another message.
 */
export const isSafeEmail = ({ id, from, to, subject }: Email): boolean =>
  [id, from.name, from.address, to, subject].every((text) => singleLinePattern.test(text)) &&
  [id, from.address, to].every((text) => text !== '' && !angleOrSpace.test(text))

/** A quoted string (RFC 5322 §3.2.4). */
export const quoted = (name: string): string => `"${name.replace(/["\\]/g, '\\$&')}"`
