import { eq, type SQL, sql } from 'drizzle-orm'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { Actor } from '../../src/access/actor.ts'
import { erasureProof } from '../../src/audit/erasure-proof.ts'
import { createRunBatch } from '../../src/db/run-batch.ts'
import { users } from '../../src/db/schema.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import { withForms } from '../../src/users/account-normal-forms.ts'
import type { AccountWrite, Writer } from '../../src/users/decide-accounts.store.ts'
import { accountsOfIds, accountsOfNames } from '../../src/users/match-accounts.store.ts'
import { writeAccounts } from '../../src/users/write-accounts.store.ts'
import { writeAccount } from '../../src/users/write-one-account.store.ts'
import type { AccountOutcome, AccountRow } from '../../src/users/written-row.ts'
import { testDatabase } from '../fakes/database.ts'
import { testDependencies } from '../worker/admin-client.ts'
import { importedHash } from '../worker/imported-hash.ts'

const database = testDatabase()
const runBatch = createRunBatch(database)
const origin = { ip: '192.0.2.1', user_agent: 'test', request_id: 'r' }

/** By permissions. */
type Administrator = Writer & { readonly authorized: { readonly actor: Actor } }

let admin: Administrator
let support: Administrator
const addWriter = async (role: string): Promise<Administrator> => {
  const id = uuidv7()
  await database.insert(users).values({ id, username: `writer-${id}`, roles: [role] })
  return { authorized: { actor: { type: 'user', id, clientId: 'test' } }, origin }
}
beforeAll(async () => {
  admin = await addWriter('admin')
  support = await addWriter('support')
})

const idOf = (writer: Administrator) => writer.authorized.actor.id

/** An account as somebody writes it who knows no normal forms. */
async function add(account: Partial<typeof users.$inferInsert> = {}): Promise<string> {
  const id = uuidv7()
  await database.insert(users).values({ id, email: `${id}@people.test`, ...account })
  return id
}
const read = async (id: string) => (await database.select().from(users).where(eq(users.id, id)))[0]

/** As if by a token of all scopes. */
async function run(statement: SQL): Promise<Record<string, unknown> | undefined> {
  const lend = sql`select set_config('authly.token_scopes', '*', true)`
  const [, rows] = await runBatch([lend, statement])
  return rows?.[0]
}

async function writeOne(writer: Writer, change: Parameters<typeof writeAccount>[1], versions?: number[]) {
  const caller = { ...writer, now: Date.now(), expectedVersions: versions }
  return (await run(writeAccount(caller, change)))?.['account'] as AccountOutcome
}

async function writeMany(write: Omit<AccountWrite, 'isBulk'>): Promise<readonly AccountOutcome[]> {
  const { ctes, outcome } = writeAccounts({ ...write, isBulk: true })
  return (await run(sql`with ${ctes} select ${outcome} as outcome`))?.['outcome'] as AccountOutcome[]
}

const rowOf = (row: Omit<AccountRow, 'event_id'>): AccountRow => ({ ...row, event_id: uuidv7() })

describe('one account and many', () => {
  it.each<[string, () => Writer, () => Promise<string> | string, AccountRow['patch']]>([
    ['unknown', () => admin, () => uuidv7(), { email_verified: true }],
    ['more_privileged', () => support, () => idOf(admin), { email_verified: true }],
    ['yourself', () => admin, () => idOf(admin), { status: 'disabled' }],
    ['own_privileges', () => admin, () => idOf(admin), { roles: [] }],
  ])('are refused alike: %s', async (code, writer, target, patch) => {
    const id = await target()
    const one = await writeOne(writer(), { id, patch: patch ?? {} })
    expect(one).toMatchObject({ code, outcome: 'failed', user_id: id })
    const rows = accountsOfIds([rowOf({ id, patch: patch ?? {} })], { locks: true })
    expect(await writeMany({ writer: writer(), rows, existing: 'update' })).toEqual([one])
  })

  it('differ where administrators are concerned: those are disabled and deleted one at a time', async () => {
    const id = await add({ roles: ['admin'] })
    const rows = (patch?: object) =>
      accountsOfIds([rowOf({ id, ...(patch ? { patch } : {}) })], { locks: true })
    const disabled = { writer: admin, rows: rows({ status: 'disabled' }), existing: 'update' } as const
    expect(await writeMany(disabled)).toMatchObject([{ code: 'administrator' }])
    const deleted = { writer: admin, rows: rows(), existing: 'delete' } as const
    expect(await writeMany(deleted)).toMatchObject([{ code: 'administrator' }])
    const one = await writeOne(admin, { id, patch: { status: 'disabled' } })
    expect(one).toMatchObject({ outcome: 'updated', code: null, signs_out: 'account_disabled' })
  })

  it('of another version are left alone, and the version there is comes along', async () => {
    const id = await add({ version: 7 })
    const outcome = await writeOne(admin, { id, existing: 'delete', erasure_id: uuidv7(), proof: 'x' }, [6])
    expect(outcome).toMatchObject({ code: 'version', version: 7 })
    expect(await read(id)).toBeDefined()
  })
})

describe('what a change leaves alone', () => {
  it('an account that changed while the write waited for it: nothing of that is undone', async () => {
    const id = await add()
    const meanwhile = runBatch([
      sql`update users set status = 'disabled', profile = '{"nickname": "New"}' where id = ${id}::uuid`,
      sql`select pg_sleep(1)`,
    ])
    const isAsleep = sql`select from pg_stat_activity where wait_event = 'PgSleep'`
    await vi.waitUntil(async () => (await database.execute(isAsleep)).rows.length > 0, { interval: 20 })
    const patch = withForms({ email: `${id}@people.test`, profile: { name: 'Ada' } })
    const rows = accountsOfNames([rowOf({ id: uuidv7(), line: 2, patch })], { locks: true })
    const outcomes = await writeMany({ writer: admin, rows, creates: true, existing: 'update' })
    await meanwhile
    expect(outcomes).toMatchObject([{ line: 2, outcome: 'updated', user_id: id }])
    expect(await read(id)).toMatchObject({
      status: 'disabled',
      profile: { nickname: 'New', name: 'Ada' },
      version: 2,
    })
  })

  it('an account that is deleted while the write waits for it: it is not made anew', async () => {
    const id = await add()
    const meanwhile = runBatch([
      sql`select set_config('authly.token_scopes', '*', true)`,
      writeAccount(
        { ...admin, now: Date.now() },
        {
          id,
          existing: 'delete',
          erasure_id: uuidv7(),
          proof: await erasureProof(testDependencies().root, id),
        },
      ),
      sql`select pg_sleep(1)`,
    ])
    const isAsleep = sql`select from pg_stat_activity where wait_event = 'PgSleep'`
    await vi.waitUntil(async () => (await database.execute(isAsleep)).rows.length > 0, { interval: 20 })
    const rows = accountsOfNames([rowOf({ id, line: 2, patch: withForms({ profile: { name: 'Ada' } }) })], {
      locks: true,
    })
    const outcomes = await writeMany({ writer: admin, rows, creates: true, existing: 'update' })
    await meanwhile
    expect(outcomes).toMatchObject([{ line: 2, outcome: 'failed', code: 'unknown' }])
    expect(await read(id)).toBeUndefined()
  })

  it('normal forms that it does not bring: they stay due for the cron job', async () => {
    const id = await add({ username: `U-${uuidv7()}`, username_form: 'of an older rule' })
    await writeOne(admin, { id, patch: withForms({ profile: { locale: 'de' } }) })
    expect(await read(id)).toMatchObject({ username_form: 'of an older rule', form_version: null })
  })
})

describe('rows that meet one account by different names', () => {
  it('a row that was refused for an ambiguity does not keep a later one from its account', async () => {
    const username = `u-${uuidv7()}`
    const [one, two] = [await add(), await add({ username })]
    const rows = [
      { id: uuidv7(), line: 2, patch: withForms({ email: `${one}@people.test`, username }) },
      { id: one, line: 3, patch: withForms({ profile: { name: 'One' } }) },
      { id: two, line: 4, patch: withForms({ profile: { name: 'Two' } }) },
    ].map(rowOf)
    const outcomes = await writeMany({
      ...{ writer: admin, creates: true, existing: 'update' },
      rows: accountsOfNames(rows, { locks: true }),
    })
    expect(outcomes).toMatchObject([
      { line: 2, outcome: 'failed', code: 'ambiguous' },
      { line: 3, outcome: 'updated' },
      { line: 4, outcome: 'updated' },
    ])
  })

  it('happen once: the later one fails instead of being lost, and can be sent again', async () => {
    const id = await add()
    const hash = (mark: string) => `${importedHash.slice(0, -1)}${mark}`
    const rows = [
      { id, line: 2, patch: withForms({ username: `u-${id}`, profile: { name: 'First' } }), hash: hash('a') },
      { id: uuidv7(), line: 3, patch: withForms({ email: `${id}@people.test` }), hash: hash('b') },
    ].map(rowOf)
    const accounts = accountsOfNames(rows, { locks: true })
    const outcomes = await writeMany({ writer: admin, rows: accounts, creates: true, existing: 'update' })
    expect(outcomes).toMatchObject([
      { line: 2, outcome: 'updated', user_id: id },
      { line: 3, outcome: 'failed', code: 'repeated', user_id: id },
    ])
  })
})

describe('a dry run', () => {
  it('says of each row what the write then does', async () => {
    const [mark, same, other, third] = [uuidv7().slice(-10), await add(), await add(), await add()]
    const emailOf = (id: string) => `${id}@people.test`
    const patches = [
      { email: `new-${mark}@people.test` },
      { email: emailOf(same) },
      { email: emailOf(other), profile: { name: 'Ada' } },
      { email: emailOf(third), username: emailOf(other) },
      { username: `writer-${idOf(admin)}`, status: 'disabled' },
    ]
    const rows = patches.map((patch, line) => rowOf({ id: uuidv7(), line, patch: withForms(patch) }))
    const write = { writer: admin, creates: true, existing: 'update' } as const
    const accounts = (locks: boolean) => accountsOfNames(rows, { locks })
    const said = await writeMany({ ...write, rows: accounts(false), isDryRun: true })
    expect(said.map(({ outcome, code }) => code ?? outcome)).toEqual([
      'created',
      'unchanged',
      'updated',
      'username_taken',
      'yourself',
    ])
    const done = await writeMany({ ...write, rows: accounts(true) })
    expect(done.map(({ outcome, code }) => [outcome, code])).toEqual(
      said.map(({ outcome, code }) => [outcome, code]),
    )
  })
})
