/** Why a request is not accepted as a webhook. */
export type WebhookErrorCode =
  /** One of `webhook-id`, `webhook-timestamp`, `webhook-signature` is missing: probably no webhook at all. */
  | 'missing_header'
  /** A header is there twice, or is not what Standard Webhooks says. */
  | 'invalid_header'
  /** The attempt is older than the tolerance: a replay, or a clock that is wrong. */
  | 'too_old'
  /** The attempt is further in the future than the tolerance. */
  | 'too_new'
  /** No signature is good: a forgery, an altered body, or another secret. */
  | 'invalid_signature'
  /** The body was parsed, or read, before: its bytes are gone, and only they can be verified. */
  | 'body_not_raw'
  /** More bytes than a webhook has. */
  | 'body_too_large'
  /** The signature is good, but the body is no event. */
  | 'invalid_body'
  /** `seen` says that the event was handled before. */
  | 'replayed'

const statuses: Partial<Record<WebhookErrorCode, number>> = {
  // The sender has done nothing wrong, and must not try again.
  replayed: 200,
  body_too_large: 413,
  // A mistake of the receiver.
  body_not_raw: 500,
}

export class WebhookError extends Error {
  override readonly name = 'WebhookError'
  readonly code: WebhookErrorCode
  /** The HTTP status to answer with. */
  readonly status: number

  constructor(code: WebhookErrorCode, description: string) {
    super(`${code}: ${description}`)
    this.code = code
    this.status = statuses[code] ?? 400
  }

  /** An answer without a body: whoever forges webhooks learns nothing from it. */
  toResponse(): Response {
    return new Response(null, { status: this.status })
  }
}
