/** Schemas that many operations share. */
import { z } from '@hono/zod-openapi'
import { isInstant } from '../kit/clock.ts'

/** Lower-case, as we print them; anything else names nothing. */
export const uuid = (description: string) =>
  z
    .string()
    .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    .openapi({ description, example: '019a8f5e-7c1a-7b3e-9f64-2b1d3c4e5f60', format: 'uuid' })

/** RFC 3339 with milliseconds, in UTC, as we print it. */
export const timestamp = (description: string) =>
  z.string().openapi({ description, format: 'date-time', example: '2026-11-23T09:00:00.000Z' })

/** RFC 3339 as callers may send it. */
export const timestampInput = (description: string) =>
  z.iso
    .datetime({ offset: true })
    .refine(isInstant, 'must be a time that exists')
    .openapi({ description, example: '2026-11-23T09:00:00Z' })

/** `true` or `false` in a query. */
export const queryFlag = (description: string) =>
  z
    .enum(['true', 'false'])
    .optional()
    .transform((value) => value === 'true')
    .openapi({ description, type: 'boolean', example: 'true' })

/** A whole number in a query, in decimal digits only: `0x10`, `1e2` and `` are no numbers to a reader. */
export const wholeNumber = (rules: {
  readonly minimum: number
  readonly maximum: number
  readonly default: number
  readonly description: string
}) =>
  z
    .string()
    .regex(/^\d{1,15}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= rules.minimum && value <= rules.maximum, {
      message: `must be from ${rules.minimum} to ${rules.maximum}`,
    })
    .default(rules.default)
    .meta({ type: 'integer', ...rules, example: rules.default })

/** Query parameters of every list. */
export const pageQuery = {
  limit: wholeNumber({ minimum: 1, maximum: 200, default: 50, description: 'Items per page' }),
  cursor: z
    .string()
    .min(1)
    .max(1024)
    .optional()
    .openapi({ description: '`page_info.next_cursor` of the page before' }),
  include_total: queryFlag('Also count all matches: costs one scan of the index'),
}

/** A page of `items`. */
export const pageOf = <Item extends z.ZodType>(name: string, item: Item) =>
  z
    .object({
      items: z.array(item),
      page_info: z.object({
        has_next_page: z.boolean(),
        next_cursor: z.string().nullable().openapi({ description: 'For `cursor`; null on the last page' }),
        total_count: z.number().int().optional().openapi({ description: 'With `include_total`' }),
      }),
    })
    .openapi(name)
