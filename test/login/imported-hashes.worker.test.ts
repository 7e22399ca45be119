/** A hash of another system through the import job, its first sign-in, and what is stored afterwards. */
import { sql } from 'drizzle-orm'
import { expect, test, vi } from 'vitest'
import {
  accept,
  addActor,
  database,
  fileOf,
  jobStub,
  linesOf,
  orderOf,
  runToEnd,
  streamOf,
} from '../jobs/job-harness.ts'
import { madeElsewhere } from '../passwords/foreign/made-elsewhere.ts'
import { isDear } from '../passwords/foreign/stored-of.ts'
import { openBrowser, signIn } from './browser.ts'

/** Of the dear ones, which are slow among the instruments of the tests, one is enough. */
const kinds = madeElsewhere.filter(([system, , hash]) => !isDear(hash) || system.startsWith('Werkzeug'))

async function importRows(rows: readonly object[]) {
  const params = { on_conflict: 'fail', dry_run: false, format: 'ndjson' }
  const order = await orderOf('users.import', params, await addActor())
  const text = rows.map((row) => JSON.stringify(row)).join('\n')
  await jobStub(order).offer(order, { body: streamOf(text), format: 'ndjson' })
  await accept(order)
  await runToEnd(order)
  return linesOf(await fileOf(order, 'results'))
}

test('each opens once with its password and is replaced by ours', async () => {
  const mark = crypto.randomUUID().slice(0, 8)
  const people = kinds.map(([, password, password_hash], index) => ({
    ...{ email: `${index}@${mark}.test`, password, password_hash },
  }))
  const results = await importRows(people.map(({ email, password_hash }) => ({ email, password_hash })))
  expect(results.map(({ outcome }) => outcome)).toEqual(people.map(() => 'created'))
  for (const [index, { email, password }] of people.entries()) {
    const shown = await signIn(openBrowser(`198.51.100.${index + 1}`), email, password)
    expect(shown.status, kinds[index]?.[0]).toBe(303)
  }
  // Replaced after the response.
  await vi.waitFor(async () => {
    const stored = await database.execute<{ hash: string }>(
      sql`select hash from password_credentials join users on id = user_id where email like ${`%@${mark}.test`}`,
    )
    expect(stored.rows).toHaveLength(people.length)
    for (const { hash } of stored.rows) expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  }, 5000)
}, 120_000)

test('a refused hash says why, and is not in the message', async () => {
  const mark = crypto.randomUUID().slice(0, 8)
  const hash = '$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy'
  const given = ['5f4dcc3b5aa765d61d8327deb882cf99', hash.replace('10', '15'), '!', `${hash} `]
  const results = await importRows(
    given.map((password_hash, index) => ({ email: `r${index}@${mark}.test`, password_hash })),
  )
  const details = results.map(({ errors }) => JSON.stringify(errors))
  expect(details).toEqual([
    expect.stringContaining('is of no known form'),
    expect.stringContaining('costs more'),
    expect.stringContaining('no usable password'),
    expect.stringContaining('blanks'),
  ])
  for (const [index, text] of given.entries()) {
    if (text.length > 1) expect(details[index]).not.toContain(text.trim())
  }
})
