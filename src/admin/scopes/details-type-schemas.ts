/** Types of authorization details (RFC 9396) as the API shows and takes them. */
import { z } from 'zod'
import { singleLinePattern } from '../../kit/patterns.ts'
import { resource } from './scope-schemas.ts'

/** Long enough for a payment, short enough for a cache that every isolate has. */
const maxSchemaLength = 8192

const type = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'must be printable ASCII without spaces, quotes and backslashes')
  .meta({ description: 'Value of `type`', example: 'payment_initiation' })

const description = z
  .string()
  .min(1)
  .max(300)
  // Attack: a description with control characters breaks out of its line on the consent page.
  .regex(singleLinePattern, 'must not contain control characters')
  .meta({
    description:
      'One line for the consent page; `{member}` stands for a member of the object, `{a.b}` for one further in. Members it does not name are listed below it',
    example: 'Pay {instructedAmount.amount} {instructedAmount.currency} to {creditorName}',
  })

const schema = z
  .record(z.string(), z.unknown())
  .refine(
    (value) => JSON.stringify(value).length <= maxSchemaLength,
    `must be at most ${maxSchemaLength} bytes`,
  )
  .meta({
    description:
      'JSON Schema (2020-12) of the members beside `type` and `locations`. Members that it does not list are refused, further in too, unless it says `additionalProperties`',
    'x-authly-name': 'AuthorizationDetailsSchema',
    example: {
      type: 'object',
      properties: {
        creditorName: { type: 'string', maxLength: 70 },
        instructedAmount: {
          type: 'object',
          properties: { currency: { type: 'string' }, amount: { type: 'string' } },
          required: ['currency', 'amount'],
          additionalProperties: false,
        },
      },
      required: ['creditorName', 'instructedAmount'],
    },
  })

export const detailsTypeParam = z.object({
  type: z
    .string()
    .min(1)
    .max(200)
    .regex(/^[^\0]*$/)
    .meta({ description: 'Value of `type`', example: 'payment_initiation' }),
})

export const detailsTypeSchema = z
  .object({
    type: z.string(),
    resource: z.string().meta({ description: 'The API it belongs to' }),
    description: z.string(),
    schema: z.record(z.string(), z.unknown()).meta({ 'x-authly-name': 'AuthorizationDetailsSchema' }),
    created_at: z.string().meta({ format: 'date-time' }),
    updated_at: z.string().meta({ format: 'date-time' }),
  })
  .meta({ id: 'AuthorizationDetailsType' })

export const detailsTypeCreation = z
  .strictObject({ type, resource, description, schema })
  .meta({ id: 'AuthorizationDetailsTypeCreation' })

export const detailsTypePatch = z
  .strictObject({ description, schema })
  .partial()
  .meta({
    id: 'AuthorizationDetailsTypePatch',
    example: { description: 'Pay {instructedAmount.amount} to {creditorName}' },
  })

interface DetailsTypeRow {
  readonly type: string
  readonly resource: string
  readonly description: string
  readonly schema: Record<string, unknown>
  readonly created_at: Date
  readonly updated_at: Date
}

export const toDetailsType = ({ type, resource, description, schema, ...times }: DetailsTypeRow) => ({
  ...{ type, resource, description, schema },
  created_at: times.created_at.toISOString(),
  updated_at: times.updated_at.toISOString(),
})
