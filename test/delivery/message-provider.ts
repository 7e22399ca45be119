/** Destinations whose messages go to a stand-in for the APIs of providers. */
import { env } from 'cloudflare:test'
import { configOf } from '../../src/config.ts'
import type { MessageContent, QueuedMessage } from '../../src/delivery/message.ts'
import { toMessageBrand } from '../../src/delivery/message-brand.ts'
import { sealMessage } from '../../src/delivery/sealed-message.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import { createRootSecret } from '../../src/kit/root-secret.ts'
import { toSettings } from '../../src/settings/settings.ts'
import type { ProviderBehaviour, SeenMessages } from '../fakes/message-providers.ts'

const { TEST_MESSAGE_PROVIDERS_URL: standIn } = env as unknown as { TEST_MESSAGE_PROVIDERS_URL: string }

/** An account at the stand-in, and an environment that sends by it. */
export function openProvider(changed: Readonly<Record<string, string>> = {}) {
  const label = crypto.randomUUID()
  const vars = {
    ...{ AUTHLY_EMAIL_PROVIDER: 'resend', AUTHLY_EMAIL_FROM: 'login@auth.test' },
    AUTHLY_RESEND_API_KEY: 're_test_0123456789',
    ...{ AUTHLY_SMS_PROVIDER: 'twilio', AUTHLY_SMS_FROM: '+15005550006' },
    AUTHLY_TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
    AUTHLY_TWILIO_AUTH_TOKEN: 'twilio-test-token',
    AUTHLY_MESSAGE_PROVIDER_URL: `${standIn}/${label}/`,
    AUTHLY_ALLOW_LOOPBACK_FETCH: 'true',
    ...changed,
  }
  return {
    vars,
    bindings: { ...env, ...vars } as Env,
    set: async (behaviour: ProviderBehaviour) => {
      await fetch(`${standIn}/set/${label}/${behaviour}`, { method: 'POST', body: '' })
    },
    seen: async () => (await (await fetch(`${standIn}/seen/${label}`)).json()) as SeenMessages,
  }
}

export const secretUrl = 'https://auth.test/set-password?link=authly_il_SECRET.SECRET'

/** A message as callers queue it. */
export async function queuedMessage(changed: Partial<QueuedMessage> & { address?: string } = {}) {
  const { address = 'ada@example.com', ...rest } = changed
  const now = Date.now()
  const message_id = uuidv7(now)
  const { rootSecret } = configOf(env)
  const content: MessageContent = {
    to: { channel: rest.channel ?? 'email', address },
    language: 'en',
    host: 'auth.test',
    brand: toMessageBrand(toSettings({}), 'https://auth.test'),
    message:
      rest.channel === 'sms'
        ? { kind: 'sms_code', params: { code: '482913', valid_seconds: 600 } }
        : {
            kind: 'invitation',
            params: { url: secretUrl, account: address, link_expires_at: now + 3_600_000 },
          },
  }
  return {
    ...{ message_id, channel: 'email', kind: content.message.kind, user_id: uuidv7() },
    sealed: await sealMessage(createRootSecret(rootSecret), message_id, content),
    ...{ queued_at: now, due_at: now, expires_at: now + 86_400_000 },
    ...rest,
  } as QueuedMessage
}
