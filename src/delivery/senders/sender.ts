/** What a provider is to us: a function that hands one message over. It never throws. */
import type { Email } from '../email.ts'
import type { SendOutcome } from '../message.ts'

export type EmailSender = (email: Email) => Promise<SendOutcome>

export interface TextMessage {
  /** UUID of the message. */
  readonly id: string
  readonly from: string
  /** E.164. */
  readonly to: string
  readonly text: string
}

export type SmsSender = (message: TextMessage) => Promise<SendOutcome>

/** `fetch`, or the observed one. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** A provider that takes longer counts as down; the alarm of an object may not run for ever. */
export const providerTimeoutMs = 15_000
