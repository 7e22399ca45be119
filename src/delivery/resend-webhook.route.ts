/** `POST /delivery/resend`: Resend reports messages that came back. */
import { createEvent } from '../audit/create-event.ts'
import type { AppEnv } from '../dependencies.ts'
import { DescribedRoutes } from '../kit/describe-route.ts'
import { jsonResponse } from '../kit/json-response.ts'
import { readRequestText } from '../kit/read-body.ts'
import { count } from '../telemetry/count.ts'
import { readResendReport } from './senders/resend-report.ts'

const maxBytes = 64 * 1024

/** Called by the provider alone, so no document of the API describes it. */
export const resendWebhookRoutes = new DescribedRoutes<AppEnv>().serve(
  'post',
  '/delivery/resend',
  async (c) => {
    const { config, deps, origin } = c.env
    const provider = config.delivery.email?.provider
    if (provider?.kind !== 'resend' || provider.webhookSecret === undefined) return c.notFound()
    const body = await readRequestText(c.req.raw, maxBytes)
    if (body === undefined) return jsonResponse({ error: 'too_large' }, 413)
    const now = deps.now()
    const report = await readResendReport({ headers: c.req.raw.headers, body }, provider.webhookSecret, now)
    if (report === undefined) return jsonResponse({ error: 'invalid_signature' }, 400)
    if (report !== 'ignored') {
      const { id, kind, user_id, reason } = report
      // The provider's address is not that of anybody the event is about.
      const from = { ...origin, ip: undefined }
      const event = createEvent('message.bounced', now, from, {
        ...{ outcome: 'failure', actor_type: 'system', user_id },
        data: { kind, channel: 'email', provider: provider.kind, reason },
      })
      deps.recordEvent({ ...event, id })
      count('authly_messages_total', 1, 'email', 'bounced')
    }
    return jsonResponse({})
  },
)
