/** Audit events as the admin API shows them. */
import { z } from '@hono/zod-openapi'
import { uuid } from '../../kit/field-schemas.ts'

const text = (description: string) => z.string().nullable().openapi({ description })
const instant = (description: string) =>
  z.string().openapi({ description, format: 'date-time', example: '2026-11-23T09:00:00.000000Z' })

export const auditEventSchema = z
  .object({
    id: uuid('The event'),
    position: z.number().int().openapi({ description: 'Place in the trail', example: 1042 }),
    type: z.string().openapi({ description: 'See docs/audit-events.md', example: 'user.updated' }),
    occurred_at: instant('When it happened'),
    recorded_at: instant('When Postgres took it'),
    outcome: z.enum(['success', 'failure']),
    actor_type: z.enum(['user', 'client', 'system', 'anonymous']),
    actor_id: text('Who did it'),
    user_id: text('The person concerned'),
    client_id: text('The client concerned'),
    session_id: text('The session it happened in'),
    entity_type: text('What kind of thing was changed'),
    entity_id: text('Which one'),
    ip: text('From where'),
    user_agent: text('With what'),
    request_id: text('In which request'),
    changes: z
      .record(
        z.string(),
        z.object({ before: z.unknown(), after: z.unknown() }).meta({ 'x-authly-name': 'AuditChange' }),
      )
      .nullable()
      .openapi({
        description: 'What was changed',
        example: { status: { before: 'active', after: 'disabled' } },
      }),
    data: z
      .record(z.string(), z.unknown())
      .openapi({ description: 'What else belongs to an event of this type' }),
    erased_at: instant('When personal data of it were erased').nullable(),
  })
  .openapi('AuditEvent')

export type ShownEvent = z.output<typeof auditEventSchema>
