/** Access to the live audit stream of this region. */
import type { Config } from '../../config.ts'
import type { Placement } from '../../kit/place-objects.ts'
import { observedObjects } from '../../telemetry/observed-objects.ts'
import type { OpenAuditStream } from './subscription.ts'

export const subscriptionHeader = 'authly-subscription'

/** Opens streams at this region's object. */
export function createOpenAuditStream(
  namespace: Env['AUDIT_STREAM'],
  config: Placement & Pick<Config, 'region'>,
): OpenAuditStream {
  const place = observedObjects('AuditStream', namespace, config)
  return (subscription, transport) =>
    place(config.region).fetch('https://audit-stream/', {
      headers: {
        // Header values are bytes, whereas filters may contain any text.
        [subscriptionHeader]: encodeURIComponent(JSON.stringify(subscription)),
        ...(transport === 'websocket' ? { upgrade: 'websocket' } : {}),
      },
    })
}
