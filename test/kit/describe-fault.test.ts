import { expect, test } from 'vitest'
import { z } from 'zod'
import { describeFault } from '../../src/kit/describe-fault.ts'

const said = (schema: z.ZodType, value: unknown) =>
  schema.safeParse(value, { error: describeFault }).error?.issues.map(({ message }) => message)

test.each<[z.ZodType, unknown, string]>([
  [z.object({ q: z.string() }), {}, 'is missing'],
  [z.boolean(), 'maybe', 'must be true or false'],
  [z.array(z.string()), 'a', 'must be a list'],
  [z.int(), 1.5, 'must be a whole number'],
  [z.coerce.number(), 'many', 'must be a number'],
  [z.enum(['active', 'disabled']), 'gone', 'must be one of active, disabled'],
  [z.literal('websocket'), 'h2c', 'must be websocket'],
  [z.int().min(1), 0, 'must be at least 1'],
  [z.number().lt(5), 5, 'must be less than 5'],
  [z.string().min(2), 'a', 'must have at least 2 characters'],
  [z.array(z.string()).max(1), ['a', 'b'], 'must have at most 1 entries'],
  [z.iso.datetime(), 'yesterday', 'must be a time like 2026-11-23T09:00:00Z'],
  [
    z.discriminatedUnion('method', [
      z.object({ method: z.literal('link') }),
      z.object({ method: z.literal('none') }),
    ]),
    {},
    'must be one of link, none',
  ],
  [z.string().regex(/^\+/, 'must begin with +'), '1', 'must begin with +'],
  [z.union([z.string(), z.number()]), true, 'Invalid input'],
])('%#: %j', (schema, value, words) => expect(said(schema, value)).toEqual([words]))
