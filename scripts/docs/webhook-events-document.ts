/** docs/webhook-events.md: what endpoints can receive, and what is in it. */
import { z } from 'zod'
import { bodySchema, maxBodyBytes } from '../../src/webhooks/payload.ts'
import {
  definitionOf,
  familyOf,
  unsentEventTypes,
  type WebhookEventType,
  webhookEventFamilies,
  webhookEventTypes,
} from '../../src/webhooks/webhook-event-types.ts'
import { generatedNotice, table } from './markdown.ts'
import type { Schema } from './openapi/openapi-types.ts'
import { exampleBody } from './openapi/webhook-examples.ts'

export function webhookEventsDocument(): string {
  const { properties = {} } = schemaOf('webhook.test').properties?.['data'] ?? {}
  const members = Object.entries(properties).filter(([name]) => name !== 'details')
  return [
    generatedNotice('src/webhooks/'),
    '# Webhook events',
    'The requests that the server makes to the endpoints that you register, after [Standard Webhooks](https://www.standardwebhooks.com). The names are those of the [audit trail](audit-events.md): `data.id` is the id of the event there. `/openapi.json` has a schema and an example of each under `webhooks`.',
    ['```json', JSON.stringify(exampleBody('user.updated'), null, 2), '```'].join('\n'),
    '## Body',
    'Every body is a JSON object with `type`, `timestamp` (when it happened, RFC 3339) and `data`:',
    table(
      ['Member of `data`', 'Meaning'],
      [
        ...members.map(([name, member]) => [`\`${name}\``, meaningOf(name, member)]),
        [
          '`details`',
          'What only events of this type have: the column of the tables below. Each key may be absent.',
        ],
      ],
    ),
    'Ignore members and types that you do not know: later versions add some.',
    '### What is not in it',
    [
      '- **No secret**: no password, token, key or hash of one. The trail has none either, and a second rule (`src/webhooks/safe-changes.ts`) sends values of changes for known kinds of entities alone, and of no field whose name sounds like a secret. That such a field changed is said in `left_out`.',
      '- **No address, browser or place**: a receiver keeps what it gets, while [the trail can erase it](audit.md). Read `ip`, `user_agent` and `signals` with `GET /admin/audit/events/{event_id}` and `data.id`, with a token that may.',
      `- **Nothing beyond ${maxBodyBytes / 1000} kB**: the largest members of \`changes\` and \`details\` are left out until the rest fits. \`left_out\` names them as JSON pointers into \`data\`; the trail has them.`,
      '- **No subject identifier of a client**: `user_id` is the id of the account. It is the `sub` of ID tokens, except at clients with pairwise subjects ([claims](claims.md)).',
    ].join('\n'),
    '## Choosing events',
    'The filter of an endpoint lists event types, families (`user.*`) or `*`. Families and `*` include what later versions add. It may also name clients, people, actors and an outcome; all that is stated must match. The test is sent whatever the filter says.',
    'These events are recorded but not sent:',
    table(
      ['Type', 'Why'],
      Object.entries(unsentEventTypes).map(([type, reason]) => [`\`${type}\``, reason]),
    ),
    ...webhookEventFamilies.flatMap((family) => [
      `## \`${family}.*\``,
      table(
        ['Type', 'Sent when', '`details`'],
        webhookEventTypes
          .filter((type) => familyOf(type) === family)
          .map((type) => [`\`${type}\``, definitionOf(type).summary, detailsOf(type)]),
      ),
    ]),
  ].join('\n\n')
}

const schemaOf = (type: WebhookEventType): Schema =>
  z.toJSONSchema(bodySchema(type), { io: 'input' }) as Schema

const withoutWords: Readonly<Record<string, string>> = {
  outcome: '`success` or `failure`',
}

const meaningOf = (name: string, { description }: Schema): string => description ?? withoutWords[name] ?? ''

function detailsOf(type: WebhookEventType): string {
  const details = schemaOf(type).properties?.['data']?.properties?.['details']?.properties ?? {}
  return Object.entries(details)
    .map(([key, schema]) => `\`${key}\` (${typeOf(schema)}): ${schema.description}`)
    .join('; ')
}

function typeOf({ type, anyOf, items, enum: values, format }: Schema): string {
  if (anyOf) return anyOf.map(typeOf).join(' or ')
  if (values) return values.map((value) => `\`${value}\``).join(' or ')
  if (items) return `list of ${typeOf(items)}s`
  return format === 'date-time' ? 'time' : String(type)
}
