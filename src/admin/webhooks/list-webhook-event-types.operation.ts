import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { eventClasses } from '../../audit/event-types.ts'
import { definitionOf, webhookEventTypes } from '../../webhooks/webhook-event-types.ts'
import { answer, defineOperation } from '../operation.ts'

const classes = Object.keys(eventClasses) as [keyof typeof eventClasses, ...(keyof typeof eventClasses)[]]

export const listWebhookEventTypes = defineOperation({
  id: 'listWebhookEventTypes',
  method: 'get',
  path: '/admin/webhooks/event-types',
  tag: 'Webhooks',
  summary: 'List the types of events that endpoints can get',
  description: 'The schema of each is in the section `webhooks` of `/openapi.json`.',
  permission: 'admin:webhooks:read',
  answers: {
    200: {
      description: 'All types',
      schema: z
        .object({
          items: z.array(
            z
              .object({
                type: z.string().openapi({ example: 'user.created' }),
                class: z.enum(classes),
                summary: z.string(),
              })
              .meta({ 'x-authly-name': 'WebhookEventType' }),
          ),
        })
        .openapi('WebhookEventTypeList'),
    },
  },
  async run({ db }) {
    // The rights of the caller are checked there.
    await db.run(sql`select 1`)
    const items = webhookEventTypes.map((type) => {
      const { class: eventClass, summary } = definitionOf(type)
      return { type, class: eventClass, summary }
    })
    return answer(200, { items })
  },
})
