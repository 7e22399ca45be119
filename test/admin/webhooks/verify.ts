/** Verifies what a receiver got with the package that applications use. */
import { createWebhookVerifier } from '../../../sdk/js/webhooks/src/index.ts'
import type { SeenRequest } from '../../fakes/relying-parties.ts'

/** Rejects when the secret does not verify the request. */
export const createVerifier = (secret: string) => (request: SeenRequest | undefined) =>
  createWebhookVerifier({ secrets: [secret] })({
    headers: (request?.headers ?? {}) as Record<string, string>,
    body: request?.body ?? '',
  })
