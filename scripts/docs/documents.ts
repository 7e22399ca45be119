/** The generated documents: each is a pure function of descriptions in the code. */
import { z } from 'zod'
import {
  type EventClass,
  type EventDefinition,
  eventClasses,
  eventDefinitions,
  typesOf,
} from '../../src/audit/event-types.ts'
import { environmentSchema } from '../../src/config.ts'
import { policies } from '../../src/rate-limits/policies.ts'
import { settingNames, settingSchemas, toSettings } from '../../src/settings/settings.ts'
import { type Budget, budgets } from '../../test/contracts/budgets.ts'
import { generatedNotice, message, table } from './markdown.ts'
import { type OpenApiDocument, type Operation, operationsOf } from './openapi/openapi-types.ts'

type Setting = { description?: string; default?: unknown; enum?: unknown[] }

/** docs/configuration.md */
export function configurationDocument(): string {
  const { properties = {}, required = [] } = z.toJSONSchema(environmentSchema, {
    ...{ io: 'input', unrepresentable: 'any' },
  }) as { properties?: Record<string, Setting>; required?: string[] }
  const rows = Object.entries(properties).map(([name, setting]) => {
    const { isSecret, text } = splitSecret(setting.description ?? '')
    const values = setting.enum ? ` One of ${setting.enum.map((value) => `\`${value}\``).join(', ')}.` : ''
    const fallback = required.includes(name) ? '**required**' : defaultOf(setting.default)
    return [`\`${name}\``, fallback, isSecret ? 'yes' : '', `${text}${values}`]
  })
  return [
    generatedNotice('src/config/, src/settings/settings.ts and src/rate-limits/policies.ts'),
    '# Configuration',
    'Environment variables of the worker, parsed once per isolate. If one is invalid, the worker does not start, and the message contains its name but never its value. Locally they are in `.dev.vars`, which `npm start` writes. In a deployment, plain ones are in `wrangler.toml` and secrets at Cloudflare ([deployment](deployment.md)).',
    table(['Variable', 'Default', 'Secret', 'Meaning'], rows),
    '## Settings',
    'What administrators can change at run time, stored in Postgres (`authly settings`, [the admin API](admin-clients.md)). A change takes effect within two minutes.',
    table(
      ['Setting', 'Default', 'Meaning'],
      settingNames.map((name) => [
        ...[`\`${name}\``, `\`${JSON.stringify(toSettings({})[name])}\``],
        settingSchemas[name].description ?? '',
      ]),
    ),
    '## Rate limits',
    'Token buckets. `object` policies ask their Durable Object for every request; `lease` policies take permits in batches and spend them in the isolate. Numbers can be changed with `AUTHLY_RATE_LIMITS`, and at run time with `PATCH /admin/rate-limits/{policy}`, which takes precedence. Responses of limited endpoints carry `RateLimit-Policy`, `RateLimit` and `Retry-After`.',
    table(
      ['Policy', 'Permits', 'Refilled in', 'Counted per', 'Mode', 'Counter unreachable', 'Protects'],
      Object.entries(policies).map(([name, policy]) => [
        ...[`\`${name}\``, String(policy.capacity), `${policy.perSeconds} s`, policy.subject, policy.mode],
        ...[policy.onFailure === 'open' ? 'allows' : 'refuses', policy.protects],
      ]),
    ),
  ].join('\n\n')
}

/** docs/endpoints.md */
export function endpointsDocument(document: OpenApiDocument): string {
  const operations = operationsOf(document)
  const answered = new Set(operations.map(({ operation }) => operation.tags?.[0]))
  const tags = (document.tags ?? []).filter(({ name }) => answered.has(name))
  const sections = tags.flatMap(({ name, description = '' }) => [
    `## ${name}`,
    description,
    table(
      ['Endpoint', 'Purpose', 'Authorization', 'Statuses'],
      operations
        .filter(({ operation }) => operation.tags?.[0] === name)
        .map(({ method, path, operation }) => [
          `\`${method.toUpperCase()} ${path}\``,
          [operation.summary, specificationOf(operation)].filter(Boolean).join('. '),
          needsOf(operation),
          Object.keys(operation.responses).join(', '),
        ]),
    ),
  ])
  return [
    generatedNotice('the routes mounted in src/app.ts'),
    '# Endpoints',
    'Clients should read `/.well-known/openid-configuration` instead of relying on paths. Parameters, bodies and examples are in `/openapi.json`; a running server shows them at `/docs` and `/redoc`.',
    ...sections,
  ].join('\n\n')
}

const specificationOf = ({ description = '' }: Operation): string | undefined =>
  description.split('Specification: ')[1]

/** The scopes of the token, or how else the caller authenticates. */
function needsOf({ security = [] }: Operation): string {
  const [first = {}] = security
  const [[scheme, scopes] = ['', []]] = Object.entries(first)
  if (scopes.length > 0) return scopes.map((scope) => `\`${scope}\``).join(', ')
  return scheme === '' ? '' : scheme.replaceAll('_', ' ')
}

/** docs/audit-events.md */
export function auditEventsDocument(): string {
  const rowsOf = (eventClass: EventClass) =>
    typesOf(eventClass).map((type) => {
      const definition: EventDefinition = eventDefinitions[type]
      const data = Object.entries(definition.data ?? {}).map(([key, meaning]) => `\`${key}\`: ${meaning}`)
      return [`\`${type}\``, definition.summary, data.join('; ')]
    })
  const sections = (Object.keys(eventClasses) as EventClass[]).flatMap((eventClass) => [
    `## Class \`${eventClass}\``,
    `${eventClasses[eventClass]}.`,
    table(['Type', 'Meaning', '`data`'], rowsOf(eventClass)),
  ])
  return [
    generatedNotice('src/audit/event-types.ts'),
    '# Audit events',
    'Rows of `audit_events` in Postgres. Each is written exactly once: its id is created where the event happens and makes its delivery idempotent. No field ever contains a secret, a token or a password. [How they get there](architecture.md#audit), [how they are read, verified and deleted](audit.md), [which are sent to webhooks](webhook-events.md).',
    'Every event has columns for the actor (`actor_type`, `actor_id`), what it is about (`user_id`, `client_id`, `entity_type`, `entity_id`), its time (`occurred_at`, `recorded_at`), its origin (`ip`, `user_agent`, `session_id`, `request_id`) and its `outcome`. What an administrator changed is in `changes`: `{"<field>": {"before": …, "after": …}}`. `data` contains what is specific to the type. The class determines how long an event is kept.',
    ...sections,
  ].join('\n\n')
}

/** docs/io-budgets.md */
export function budgetsDocument(): string {
  const rows = (Object.values(budgets) as Budget[]).map((budget) => {
    const { later } = budget
    return [
      ...[budget.operation, atMost(budget.objectCalls), atMost(budget.postgresRoundTrips)],
      ...[atMost(budget.rowsRead), atMost(budget.rowsWritten), atMost(budget.sharedEvents)],
      ...[atMost(later.alarms), atMost(later.rowsRead), atMost(later.rowsWritten), atMost(later.deliveries)],
      budget.note ?? '',
    ]
  })
  return [
    generatedNotice('test/contracts/budgets.ts'),
    '# I/O budgets',
    'The maximum I/O of each operation on a warm isolate. A test runs every operation, counts, and fails if one exceeds its row (`test/contracts/io-budgets.worker.test.ts`). Operations without Postgres round trips keep working while Postgres is down. [What that costs](cost.md).',
    'Rows are those of Durable Objects; a key with its value and an alarm are rows too, and so is what is deleted. Shared events leave with those of other requests, in a batch. Under "later" is what alarms do within two hours if nothing else happens in the same objects: deliveries of audit events to Postgres, one round trip each, and sweeps. Objects in use share their alarms.',
    table(
      [
        ...[
          'Operation',
          'Object calls',
          'Postgres round trips',
          'Rows read',
          'Rows written',
          'Shared events',
        ],
        ...['Later: alarms', 'rows read', 'rows written', 'deliveries', 'Note'],
      ],
      rows,
    ),
  ].join('\n\n')
}

const atMost = (count: number) => (count === 0 ? '0' : `≤ ${count}`)

function splitSecret(description: string) {
  const isSecret = description.startsWith('Secret. ')
  return { isSecret, text: isSecret ? description.slice('Secret. '.length) : description }
}

function defaultOf(value: unknown): string {
  if (value === undefined || value === '') return ''
  const words = typeof value === 'number' ? message(value) : undefined
  return `\`${value}\`${words === undefined ? '' : ` (${words})`}`
}
