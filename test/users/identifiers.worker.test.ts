import { eq, sql } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { createRunBatch } from '../../src/db/run-batch.ts'
import { userIdentifierCollisions, userIdentifiers, users } from '../../src/db/schema.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import { formsOf } from '../../src/users/account-normal-forms.ts'
import { computeMissingForms } from '../../src/users/compute-missing-forms.store.ts'
import { formVersion } from '../../src/users/normal-form.ts'
import { findUserForLogin } from '../../src/users/users.store.ts'
import { ownDatabase, ownDatabases } from '../fakes/database.ts'

type Names = { username?: string; email?: string; profile?: Record<string, unknown> }

let database: Database
beforeAll(async () => {
  database = await ownDatabase()
})

/** As the API writes it. */
async function add(names: Names): Promise<string> {
  const id = uuidv7()
  await database.insert(users).values({ id, ...names, ...formsOf(names) })
  return id
}

/** As somebody writes it who knows no normal form: SQL by hand, the version before this one. */
async function addPlain(names: Names): Promise<string> {
  const id = uuidv7()
  await database.insert(users).values({ id, ...names })
  return id
}

const ownerOf = async (typed: string) => (await findUserForLogin(database, typed)).person?.user.id

/** Which unique index refused the write; undefined for none. */
const refusedBy = (write: Promise<unknown>): Promise<string | undefined> =>
  write.then(
    () => undefined,
    (error: Error) => (error.cause as { constraint?: string }).constraint,
  )

const fill = () => computeMissingForms(createRunBatch(database))

const collisions = () => database.select().from(userIdentifierCollisions)

describe('usernames and e-mail addresses of all accounts are one namespace', () => {
  it('an e-mail address cannot be somebody’s username, nor the other way around, nor by another spelling', async () => {
    await add({ username: 'chief@corp.test' })
    await add({ email: 'boss@corp.test' })
    expect(await refusedBy(add({ email: 'CHIEF@Corp.test' }))).toBe('users_email_unique')
    expect(await refusedBy(add({ username: 'ｂｏｓｓ＠corp．test' }))).toBe('users_username_unique')
    expect(await refusedBy(addPlain({ email: 'Chief@corp.test' }))).toBe('users_email_unique')
    const other = await add({ username: 'other', email: 'other@corp.test' })
    const rename = { email: 'chief@corp.test' }
    expect(
      await refusedBy(
        database
          .update(users)
          .set({ ...rename, ...formsOf(rename) })
          .where(eq(users.id, other)),
      ),
    ).toBe('users_email_unique')
    expect(await ownerOf('other@corp.test')).toBe(other)
  })

  it('one account may use its e-mail address as username', async () => {
    const id = await add({ username: 'same@corp.test', email: 'Same@corp.test' })
    expect(await ownerOf('SAME@corp.test')).toBe(id)
    await database
      .update(users)
      .set({ username: null, ...formsOf({ email: 'Same@corp.test' }) })
      .where(eq(users.id, id))
    expect(await ownerOf('same@corp.test')).toBe(id)
  })

  it('of parallel writes of one name in different spellings one wins', async () => {
    const spellings = ['ΟΔΥΣΣΕΑΣ', 'οδυσσεας', 'οδυσσεασ', 'Οδυσσεας', 'ΟΔΥΣΣΕΑς', 'οΔυσσεαΣ']
    const refusals = await Promise.all(spellings.map((username) => refusedBy(add({ username }))))
    expect(refusals.filter((refusal) => refusal === undefined)).toHaveLength(1)
    expect(refusals.filter((refusal) => refusal === 'users_username_unique')).toHaveLength(5)
  })

  it('a name that was given up, by renaming or deletion, is free', async () => {
    const id = await add({ username: 'transient' })
    const renamed = { username: 'permanent' }
    await database
      .update(users)
      .set({ ...renamed, ...formsOf(renamed) })
      .where(eq(users.id, id))
    const next = await add({ username: 'Transient' })
    expect(await ownerOf('transient')).toBe(next)
    await database.delete(users).where(eq(users.id, next))
    expect(await ownerOf('transient')).toBeUndefined()
    expect(await ownerOf('PERMANENT')).toBe(id)
  })
})

describe('sign-in finds the account', () => {
  const accounts: [string, Names, string[]][] = [
    ['in Greek capitals', { username: 'ΚΡΝΛΟΚΟΣ' }, ['ΚΡΝΛΟΚΟΣ', 'κρνλοκος', 'κρνλοκοσ', 'Κρνλοκος']],
    ['with a final sigma', { username: 'Άγγελος' }, ['ΆΓΓΕΛΟΣ', 'άγγελος', 'άγγελοσ']],
    [
      'of a Greek mailbox',
      { email: 'ΠΕΤΡΟΣ@Παράδειγμα.ελ' },
      ['πετρος@παράδειγμα.ελ', 'πετροσ@xn--hxajbheg2az3al.xn--qxam'],
    ],
    ['with Turkish i', { username: 'IŞIK' }, ['ışık', 'işık', 'IŞIK', 'IŞİK']],
    ['with a German ß', { username: 'GROẞ' }, ['groß', 'Groß']],
    ['decomposed by macOS', { username: 'Ju\u0308rgen' }, ['Jürgen', 'JÜRGEN', 'ju\u0308rgen']],
    [
      'at a Cyrillic domain',
      { email: 'info@пример.com' },
      ['INFO@ПРИМЕР.COM', 'info@xn--e1afmkfd.com', 'info@пример。com'],
    ],
    [
      'at a domain in punycode',
      { email: 'a@xn--mnchen-3ya.example' },
      ['A@MÜNCHEN.example', 'a@mu\u0308nchen.example'],
    ],
    [
      'typed with fullwidth letters',
      { email: 'taro@example.com' },
      ['ｔａｒｏ＠ｅｘａｍｐｌｅ．ｃｏｍ', 'taro＠example。com', 'ＴＡＲＯ@example｡com'],
    ],
    ['with Georgian capitals', { username: 'ᲜᲘᲜᲝ' }, ['ნინო', 'ᲜᲘᲜᲝ']],
    [
      'in Hebrew, copied with marks of direction',
      { username: 'יעל' },
      ['\u200fיעל\u200f', '\u2067יעל\u2069'],
    ],
  ]

  it.each(accounts)('%s, in any spelling', async (_, names, typed) => {
    const id = await add(names)
    for (const spelling of [names.username ?? names.email ?? '', ...typed]) {
      expect(await ownerOf(spelling), spelling).toBe(id)
    }
  })

  it('by one entry of the unique index', async () => {
    let statement = ''
    const spy = Object.create(database, {
      batch: {
        value: async ([query]: { toSQL(): { sql: string; params: unknown[] } }[]) => {
          const { sql: text, params } = query?.toSQL() ?? { sql: '', params: [] }
          statement = params.reduce<string>(
            (all, value, index) =>
              all.replace(`$${index + 1}`, typeof value === 'number' ? `${value}` : `'${value}'`),
            text,
          )
          return [[], []]
        },
      },
    }) as Database
    await findUserForLogin(spy, 'Ada@example.com')
    const [, plan] = await database.batch([
      database.execute(sql`set local enable_seqscan = off`),
      database.execute(sql`explain (format json) ${sql.raw(statement)}`),
    ])
    const text = JSON.stringify(plan.rows)
    expect(text).toContain('user_identifiers_pkey')
    expect(text).toContain('users_pkey')
    expect(text).not.toContain('Seq Scan')
  })
})

describe('accounts without a normal form', () => {
  it('sign in as they did, and in any spelling after the cron job', async () => {
    const id = await addPlain({ username: 'Φίλιππος', profile: { name: '田中太郎' } })
    for (const typed of ['Φίλιππος', 'φίλιππος']) expect(await ownerOf(typed)).toBe(id)
    await fill()
    for (const typed of ['Φίλιππος', 'ΦΊΛΙΠΠΟΣ', 'φίλιπποσ']) expect(await ownerOf(typed)).toBe(id)
    const [row] = await database.select().from(users).where(eq(users.id, id))
    expect(row).toMatchObject({
      username_form: 'φίλιπποσ',
      name_form: '田中太郎',
      form_version: formVersion,
      version: 1,
    })
  })

  it('lose the form of a name that somebody changes who makes none, and get another', async () => {
    const id = await add({ username: 'Before', email: 'stays@x.test', profile: { name: 'Ada' } })
    await database.update(users).set({ username: 'ΑΛΈΞΙΣ' }).where(eq(users.id, id))
    const read = async () => (await database.select().from(users).where(eq(users.id, id)))[0]
    expect(await read()).toMatchObject({
      username_form: null,
      email_form: 'stays@x.test',
      form_version: null,
    })
    expect(await ownerOf('before')).toBeUndefined()
    await fill()
    expect(await read()).toMatchObject({ username_form: 'αλέξισ', form_version: formVersion })
    expect(await ownerOf('αλέξις')).toBe(id)
    await database
      .update(users)
      .set({ profile: { name: 'Grace' } })
      .where(eq(users.id, id))
    expect(await read()).toMatchObject({ username_form: 'αλέξισ', name_form: null, form_version: null })
    await fill()
    expect(await read()).toMatchObject({ name_form: 'grace', form_version: formVersion })
  })

  it('are found by an index, and all made in one run, however many', async () => {
    await database.execute(sql`insert into users (id, username, username_form, name_form)
      select gen_random_uuid(), 'ΜΆΖΑΣ' || n, 'old form ' || n, '' from generate_series(1, 2500) as n`)
    const [, plan] = await database.batch([
      database.execute(sql`set local enable_seqscan = off`),
      database.execute(
        sql`explain select id from users where coalesce(form_version, 0) < ${formVersion}::int limit 10`,
      ),
    ])
    expect(JSON.stringify(plan.rows)).toContain('users_form_version')
    await fill()
    const { rows } = await database.execute(
      sql`select count(*)::int as n from users where form_version is null`,
    )
    expect(rows).toEqual([{ n: 0 }])
    for (const typed of ['μάζας1', 'ΜΆΖΑΣ2500']) expect(await ownerOf(typed)).toBeDefined()
  })

  it('are made forms by the next version of the rules, whatever they had', async () => {
    const id = await add({ username: 'Versioned' })
    await database.execute(
      sql`update users set username_form = 'old form', form_version = 0 where id = ${id}::uuid`,
    )
    await fill()
    expect(await ownerOf('versioned')).toBe(id)
    expect(await database.select().from(userIdentifiers).where(eq(userIdentifiers.user_id, id))).toHaveLength(
      1,
    )
  })
})

/** What the migration to one namespace did: names in Postgres' lower case, and the older account keeps its own. */
const upgrade = sql`
  with names as (
    select lower(username) as identifier, id, created_at from users where username is not null
    union
    select lower(email), id, created_at from users where email is not null
  ), ranked as (
    select identifier, id, row_number() over (partition by identifier order by created_at, id) as place from names
  ), kept as (
    insert into user_identifiers (identifier, user_id) select identifier, id from ranked where place = 1
  )
  insert into user_identifier_collisions (identifier, user_id) select identifier, id from ranked where place > 1`

describe('accounts from before names were one namespace', () => {
  const ids = Array.from({ length: 8 }, () => uuidv7()) as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ]
  const [admin, squatter, capitals, small, newer, mailbox, punycode, alone] = ids
  let upgraded: Database

  beforeAll(async () => {
    const { database: old, owned } = await ownDatabases()
    await owned.execute(sql`alter table users disable trigger users_identifiers_insert`)
    const rows: [string, string | null, string | null, string][] = [
      [admin, 'chief@corp.test', null, '2020-01-01'],
      [squatter, 'squatter', 'Chief@corp.test', '2021-01-01'],
      [small, 'νικος', null, '2020-01-01'],
      [capitals, 'ΝΙΚΟΣ', null, '2019-01-01'],
      [newer, 'νικοσ2', 'ΝΊΚΟΣ@x.test', '2021-01-01'],
      [mailbox, null, 'info@xn--e1afmkfd.com', '2021-01-01'],
      [punycode, null, 'info@пример.com', '2020-01-01'],
      [alone, 'Ada', 'ada@x.test', '2020-01-01'],
    ]
    for (const [id, username, email, created] of rows) {
      await old.execute(sql`insert into users (id, username, email, created_at)
        values (${id}::uuid, ${username}, ${email}, ${created}::timestamptz)`)
    }
    await owned.execute(sql`alter table users enable trigger users_identifiers_insert`)
    await old.execute(upgrade)
    upgraded = old
    database = upgraded
  })

  it('sign in at once after the upgrade; the older one of two keeps its name', async () => {
    expect(await ownerOf('chief@corp.test')).toBe(admin)
    expect(await ownerOf('squatter')).toBe(squatter)
    expect(await ownerOf('ADA')).toBe(alone)
    expect(await ownerOf('νίκος@x.test')).toBe(newer)
    expect(await collisions()).toEqual([{ identifier: 'chief@corp.test', user_id: squatter }])
  })

  it('are given forms in the background: what is one name then is listed, and the older one has it', async () => {
    await fill()
    expect((await collisions()).sort((a, b) => (a.identifier < b.identifier ? -1 : 1))).toEqual([
      { identifier: 'chief@corp.test', user_id: squatter },
      { identifier: 'info@пример.com', user_id: mailbox },
      { identifier: 'νικοσ', user_id: small },
    ])
    expect(await ownerOf('νικος')).toBe(capitals)
    expect(await ownerOf('ΝΙΚΟΣ')).toBe(capitals)
    expect(await ownerOf('info@xn--e1afmkfd.com')).toBe(punycode)
    await fill()
    expect(await collisions()).toHaveLength(3)
  })

  it('who waits for a name does not lose it by a change of something else, and gets it when it becomes free', async () => {
    const kept = { username: 'squatter', email: 'Chief@corp.test' }
    const renamed = { ...kept, username: 'settler' }
    await upgraded
      .update(users)
      .set({ ...renamed, ...formsOf(renamed) })
      .where(eq(users.id, squatter))
    expect(await ownerOf('settler')).toBe(squatter)
    await upgraded.delete(users).where(eq(users.id, admin))
    expect(await ownerOf('chief@corp.test')).toBe(squatter)
    const away = { username: 'ΠΑΥΛΟΣ' }
    await upgraded
      .update(users)
      .set({ ...away, ...formsOf(away) })
      .where(eq(users.id, capitals))
    expect(await ownerOf('νικος')).toBe(small)
    const other = { email: 'other@x.test' }
    await upgraded
      .update(users)
      .set({ ...other, ...formsOf(other) })
      .where(eq(users.id, mailbox))
    expect(await collisions()).toEqual([])
  })
})
