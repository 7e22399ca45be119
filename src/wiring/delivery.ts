/** Messages to people. */
import { createDestinationOf } from '../delivery/destination-client.object.ts'
import type { Notify } from '../recovery/notices.ts'
import type { Makers, WiredRequest } from './wired-request.ts'

export const delivery = {
  destinationOf: (request) => createDestinationOf(request.env.DESTINATION, request.config),

  queueMessage: (request) => async (outgoing) => {
    const { createQueueMessage } = await import('../delivery/queue-message.ts')
    return createQueueMessage(request)(outgoing)
  },

  notify:
    (request) =>
    (...notice) =>
      request.waitUntil(notify(request, ...notice)),
} satisfies Partial<Makers>

async function notify(request: WiredRequest, ...notice: Parameters<Notify>): Promise<void> {
  if (request.config.delivery.email === undefined) return
  const { sendNotice } = await import('../recovery/notices.ts')
  await sendNotice(request, ...notice)
}
