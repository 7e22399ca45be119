/** Schemas of single values in API requests and responses: ids, times, numbers and flags. */

import { z } from '@hono/zod-openapi'
import { isInstant } from './clock.ts'
import { uuidPattern, wholeNumberPattern } from './patterns.ts'

/** Lower-case, as we print them; no other form matches an id. */
export const uuid = (description: string) =>
  z
    .string()
    .regex(uuidPattern)
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

/** The most ids that one `ids` filter takes: their URL stays below 4 KiB. */
const mostIds = 100

/** Ids in a query, separated by commas. */
export const idList = (isId: (text: string) => boolean) =>
  z
    .string()
    .max(8192)
    .transform((text) => text.split(','))
    .refine((ids) => ids.length <= mostIds && ids.every(isId), {
      message: `must be at most ${mostIds} ids, separated by commas`,
    })
    .optional()
    .meta({
      type: 'string',
      description: `Those of these ids only, separated by commas; ${mostIds} at most`,
      'x-authly-list': { separator: ',' },
    })

/** `true` or `false` in a query. */
export const queryFlag = (description: string) =>
  z
    .enum(['true', 'false'])
    .optional()
    .transform((value) => value === 'true')
    .openapi({ description, type: 'boolean', example: true })

/** A whole number in a query, in decimal digits only: `0x10`, `1e2` and an empty value are refused. */
export const wholeNumber = (rules: {
  readonly minimum: number
  readonly maximum: number
  readonly default: number
  readonly description: string
}) =>
  z
    .string()
    .regex(wholeNumberPattern, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= rules.minimum && value <= rules.maximum, {
      message: `must be from ${rules.minimum} to ${rules.maximum}`,
    })
    .default(rules.default)
    .meta({ type: 'integer', ...rules, example: rules.default })
