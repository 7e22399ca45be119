/** The way to the live audit stream of this region. */
import type { Config } from '../../config.ts'
import { type Placement, placeObjects } from '../../kit/place-objects.ts'
import type { OpenAuditStream } from './subscription.ts'

export const subscriptionHeader = 'authly-subscription'

/** Opens streams at the object of this region. */
export function createOpenAuditStream(
  namespace: Env['AUDIT_STREAM'],
  config: Placement & Pick<Config, 'region'>,
): OpenAuditStream {
  const place = placeObjects(namespace, config)
  return (subscription, transport) =>
    place(config.region).fetch('https://audit-stream/', {
      headers: {
        // Headers hold bytes, filters any text.
        [subscriptionHeader]: encodeURIComponent(JSON.stringify(subscription)),
        ...(transport === 'websocket' ? { upgrade: 'websocket' } : {}),
      },
    })
}
