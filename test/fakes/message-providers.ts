/** What the stand-ins for the APIs of providers tell (`test/setup/message-providers-server.ts`). */

/** How the stand-in behaves. */
export type ProviderBehaviour =
  | 'up'
  /** 503 to everything. */
  | 'down'
  /** Takes the message, and the answer gets lost. */
  | 'loses_answers'
  /** 429 with Retry-After. */
  | 'limited'
  /** The key of the account is wrong. */
  | 'unauthorized'
  /** The recipient is. */
  | 'refuses'
  | 'redirect'

export interface TakenMessage {
  readonly api: 'resend' | 'twilio'
  readonly id: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Readonly<Record<string, unknown>>
}

export interface SeenMessages {
  /** Taken, each once by its idempotency key if the API has one. */
  readonly taken: readonly TakenMessage[]
  readonly requests: number
}
