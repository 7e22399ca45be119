import { sql } from 'drizzle-orm'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { allRows, builtRow, checkRows, firstRow, tableRow } from '../../src/db/json-row.ts'
import { jobs } from '../../src/db/schema.ts'

describe('a row of a table', () => {
  const jobRow = tableRow(jobs)

  it('has the types of the table, and times as Dates', () => {
    const row = { id: 'a', created_at: '2026-11-23T09:00:00.123456+00:00', finished_at: null, total: 3 }
    const job = firstRow(jobRow, [{ row: { ...row } }])
    expectTypeOf(job).toEqualTypeOf<typeof jobs.$inferSelect | undefined>()
    expect(job).toEqual({ ...row, created_at: new Date('2026-11-23T09:00:00.123Z') })
  })

  it('may lack columns, as a past state does', () => {
    expect(jobRow.read({ id: 'a' })).toEqual({ id: 'a' })
  })

  it('is nothing where there is none', () => {
    expect(firstRow(jobRow, [])).toBeUndefined()
    expect(firstRow(jobRow, undefined)).toBeUndefined()
    expect(allRows(jobRow, undefined)).toEqual([])
  })
})

describe('what Postgres builds beside the tables', () => {
  const schema = z.object({ total: z.number() })

  it('is what its schema says, or an error', () => {
    const counted = builtRow(sql`jsonb_build_object('total', 1)`, schema)
    expect(allRows(counted, [{ row: { total: 1 } }])).toEqual([{ total: 1 }])
    expect(() => allRows(counted, [{ row: { total: '1' } }])).toThrow(z.ZodError)
    expect(checkRows(schema, [{ total: 1 }])).toEqual([{ total: 1 }])
    expect(() => checkRows(schema, [{}])).toThrow(z.ZodError)
  })
})
