/** Verifies webhooks of Authly, and of any sender that follows Standard Webhooks 1.0.0. */
export type * from './events.ts'
export type { IncomingHeaders, IncomingWebhook } from './read-message.ts'
export { createWebhookVerifier, type VerifyWebhook, type WebhookVerifierOptions } from './verifier.ts'
export { WebhookError, type WebhookErrorCode } from './webhook-error.ts'
