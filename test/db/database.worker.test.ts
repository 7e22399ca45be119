import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { limitEach } from '../../src/db/database.ts'
import { delay } from '../../src/kit/delay.ts'
import { testDatabase } from '../fakes/database.ts'

test('each query has its own time: work after the response has as much left as what came before it', async () => {
  const database = testDatabase(limitEach(1000))
  await database.execute(sql`select 1`)
  await delay(1100)
  expect((await database.execute(sql`select 1 as one`)).rows).toEqual([{ one: 1 }])
  await database.batch([database.execute(sql`select 1`), database.execute(sql`select 2`)])
})

test('a query that takes longer is given up', async () => {
  const answer = testDatabase(limitEach(300)).execute(sql`select pg_sleep(5)`)
  await expect(answer).rejects.toMatchObject({ cause: { message: expect.stringContaining('timeout') } })
})
