/** Messages that arrived at the local inbox, in the words of the APIs it stands in for. */
import { randomBytes } from 'node:crypto'

export type ReceivedMessage = {
  readonly id: string
  readonly channel: 'email' | 'sms'
  readonly from: string
  readonly to: string
  readonly subject: string
  /** Absent for text messages. */
  readonly html: string | undefined
  readonly text: string
  readonly at: Date
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** The body of `POST /emails` of Resend; undefined if it is none. */
export function readResendEmail(body: string): Omit<ReceivedMessage, 'id' | 'at'> | undefined {
  const value: unknown = parse(body)
  if (typeof value !== 'object' || value === null) return undefined
  const { from, to, subject, html, text } = value as Record<string, unknown>
  if (!Array.isArray(to) || to.length !== 1 || typeof from !== 'string') return undefined
  return {
    channel: 'email',
    ...{ from, to: textOf(to[0]), subject: textOf(subject), html: textOf(html), text: textOf(text) },
  }
}

/** The form of Twilio's `Messages.json`; undefined if it is none. */
export function readTwilioMessage(body: string): Omit<ReceivedMessage, 'id' | 'at'> | undefined {
  const form = new URLSearchParams(body)
  const [to, text] = [form.get('To'), form.get('Body')]
  if (to === null || text === null) return undefined
  const from = form.get('From') ?? form.get('MessagingServiceSid') ?? ''
  return { channel: 'sms', from, to, subject: 'Text message', html: undefined, text }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What a person would look for in a message. */
export const linksOf = ({ text }: Pick<ReceivedMessage, 'text'>): readonly string[] => [
  ...new Set(text.match(/https?:\/\/\S+/g) ?? []),
]

export const codesOf = ({ text }: Pick<ReceivedMessage, 'text'>): readonly string[] => [
  ...new Set(text.replace(/https?:\/\/\S+/g, '').match(/(?<![\d\w#-])\d{6,8}(?![\d\w-])/g) ?? []),
]

/** As Twilio names messages. */
export const newSid = (): string => `SM${randomBytes(16).toString('hex')}`
