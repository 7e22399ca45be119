import { sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { erasureProof } from '../../src/audit/erasure-proof.ts'
import { testDependencies } from '../worker/admin-client.ts'
import { importedHash } from '../worker/imported-hash.ts'
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
} from './job-harness.ts'

const fresh = () => crypto.randomUUID().slice(0, 8)
const params = { on_conflict: 'fail', dry_run: false, format: 'csv' }

async function importCsv(text: string, options: Record<string, unknown> = {}, roles?: readonly string[]) {
  const order = await orderOf('users.import', { ...params, ...options }, await addActor(roles))
  const offered = await jobStub(order).offer(order, {
    body: streamOf(text),
    format: options['format'] === 'ndjson' ? 'ndjson' : 'csv',
  })
  if (!offered.ok) return { order, offered, progress: undefined, results: [] }
  await accept(order)
  const progress = await runToEnd(order)
  return { order, offered, progress, results: linesOf(await fileOf(order, 'results')) }
}

const usersLike = (mark: string) =>
  database
    .execute<Record<string, unknown>>(
      sql`select users.*, hash, must_change from users left join password_credentials on user_id = users.id
          where email like ${`%${mark}%`} or username like ${`%${mark}%`} order by email, username`,
    )
    .then(({ rows }) => rows)

describe('users.import', () => {
  test('replaces neither the own password nor the own status: a stolen token would make itself at home', async () => {
    const mark = fresh()
    const hash = importedHash
    const order = await orderOf('users.import', { ...params, on_conflict: 'update', format: 'ndjson' })
    const { id } = order.authorized.actor
    const rows = [
      { id, username: `own-${mark}`, password_hash: hash },
      { id, username: `own-${mark}`, status: 'disabled' },
      { id, username: `own-${mark}`, profile: { name: 'Own' } },
    ]
    const text = rows.map((row) => JSON.stringify(row)).join('\n')
    await jobStub(order).offer(order, { body: streamOf(text), format: 'ndjson' })
    await accept(order)
    await runToEnd(order)
    const results = linesOf(await fileOf(order, 'results'))
    expect(results.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'updated'])
    expect(results[0]?.['errors']).toEqual([{ field: '', detail: 'this is your own account' }])
    expect(await usersLike(mark)).toMatchObject([{ hash: null, status: 'active', profile: { name: 'Own' } }])
  })

  test('a first address or number is not verified by what was said when there was none', async () => {
    const mark = fresh()
    const id = crypto.randomUUID()
    await database.execute(sql`
      insert into users (id, username, email_verified, phone_number_verified)
      values (${id}::uuid, ${`u-${mark}`}, true, true)`)
    const text = `id,email,phone_number\r\n${id},u@${mark}.test,+4930123456\r\n`
    const { results } = await importCsv(text, { on_conflict: 'update' })
    expect(results).toMatchObject([{ outcome: 'updated' }])
    expect(await usersLike(mark)).toMatchObject([
      { email: `u@${mark}.test`, email_verified: false, phone_number_verified: false },
    ])
  })

  test('makes no account of an id that was erased: whatever it did would leave the trail', async () => {
    const mark = fresh()
    const id = crypto.randomUUID()
    // With its proof: other tests verify the whole trail.
    const data = JSON.stringify({ proof: await erasureProof(testDependencies().root, id) })
    await database.execute(sql`
      insert into audit_events (id, type, occurred_at, outcome, actor_type, user_id, data)
      values (${crypto.randomUUID()}::uuid, 'audit.personal_data_erased', now(), 'success', 'system', ${id},
        ${data}::jsonb)`)
    for (const dry_run of [true, false]) {
      const { results } = await importCsv(`id,email\r\n${id},back@${mark}.test\r\n`, { dry_run })
      expect(results).toMatchObject([
        { outcome: 'failed', errors: [{ detail: 'the account of this id was erased' }] },
      ])
    }
    expect(await usersLike(mark)).toEqual([])
  })

  test('a row whose e-mail address is somebody’s username takes neither the name nor the account', async () => {
    const mark = fresh()
    const [chief, boss] = [crypto.randomUUID(), crypto.randomUUID()]
    await database.execute(sql`insert into users (id, username, email) values
      (${chief}::uuid, ${`chief@${mark}.test`}, null), (${boss}::uuid, ${`boss-${mark}`}, ${`boss@${mark}.test`})`)
    const upload =
      `username,email,name\nsquat-${mark},CHIEF@${mark}.test,Squat\nboss@${mark}.test,,Squat\n` +
      `boss-${mark},chief@${mark}.test,Boss\n`
    for (const on_conflict of ['fail', 'skip', 'update']) {
      const { results } = await importCsv(upload, { on_conflict })
      const taken = 'the e-mail address is the username of another account'
      expect(results).toMatchObject([
        { outcome: 'failed', errors: [{ detail: taken }] },
        { outcome: 'failed', errors: [{ detail: 'the username is the e-mail address of another account' }] },
        {
          fail: {
            outcome: 'failed',
            errors: [{ detail: 'an account with this id, username or email exists' }],
          },
          skip: { outcome: 'skipped', user_id: boss },
          update: { outcome: 'failed', errors: [{ detail: taken }] },
        }[on_conflict],
      ])
    }
    expect(await usersLike(mark)).toMatchObject([
      { id: boss, profile: {} },
      { id: chief, profile: {} },
    ])
  })

  test('rows that name one person in different letters are about one person, in their order', async () => {
    const mark = fresh()
    const greek = [...mark].map((digit) => 'αβγδεζηθικλμνξορ'[Number.parseInt(digit, 16)]).join('')
    const rows = [
      { username: `${greek}ΟΣ`.toUpperCase(), profile: { name: 'One' } },
      { username: `${greek}ος`, profile: { name: 'Two' } },
      { email: `ｔａｒｏ＠${greek}．example`, profile: { name: 'Three' } },
      { email: `taro@${new URL(`http://${greek}.example`).hostname}`, profile: { name: 'Four' } },
    ]
    const text = rows.map((row) => JSON.stringify(row)).join('\n')
    const { results } = await importCsv(text, { on_conflict: 'update', format: 'ndjson' })
    expect(results.map(({ outcome }) => outcome)).toEqual(['created', 'updated', 'created', 'updated'])
    const deps = testDependencies()
    const { person } = await deps.findUserForLogin(`${greek}οσ`)
    expect(person?.user).toMatchObject({ username: `${greek}ος`, profile: { name: 'Two' } })
    const { person: taro } = await deps.findUserForLogin(`TARO@${greek.toUpperCase()}。EXAMPLE`)
    expect(taro?.user.profile).toEqual({ name: 'Four' })
  })

  test('imports rows with claims, hashes and status, each with its line and its audit event', async () => {
    const mark = fresh()
    const hash = importedHash
    const { progress, results, order } = await importCsv(
      `email,username,name,address_country,email_verified,password_hash,status\r\n` +
        `a@${mark}.test,u-${mark},"Ada, L.",GB,true,${hash},active\r\n` +
        `b@${mark}.test,,,,,,disabled\r\n`,
    )
    expect(progress).toMatchObject({ status: 'succeeded', total: 2, processed: 2, succeeded: 2, failed: 0 })
    const [ada, other] = await usersLike(mark)
    expect(ada).toMatchObject({
      ...{ email: `a@${mark}.test`, username: `u-${mark}`, email_verified: true, status: 'active', hash },
      profile: { name: 'Ada, L.', address: { country: 'GB' } },
    })
    expect(other).toMatchObject({ email_verified: false, status: 'disabled', hash: null, profile: {} })
    expect(results).toEqual([
      { line: 2, outcome: 'created', user_id: ada?.['id'] },
      { line: 3, outcome: 'created', user_id: other?.['id'] },
    ])
    const events = await database.execute<Record<string, unknown>>(
      sql`select type, actor_id, user_id, entity_type, changes, data from audit_events
          where data->>'job_id' = ${order.job_id} order by position`,
    )
    expect(events.rows).toHaveLength(2)
    expect(events.rows[0]).toMatchObject({
      ...{
        type: 'user.imported',
        actor_id: order.authorized.actor.id,
        user_id: ada?.['id'],
        entity_type: 'user',
      },
      data: { line: 2 },
    })
    expect(JSON.stringify(events.rows)).not.toContain('N9qo8uLOick')
  })

  test('partial failure: good rows are in, bad ones come back to be corrected and sent again', async () => {
    const mark = fresh()
    const upload =
      'email,username,birthdate\n' +
      `ok@${mark}.test,,1815-12-10\nbad-${mark},,\nalso@${mark}.test,,1815-13-10\n,,\nok@${mark}.test,,\n`
    const { progress, results, order } = await importCsv(upload)
    expect(progress).toMatchObject({ status: 'succeeded', total: 4, succeeded: 1, failed: 3 })
    expect(results.map(({ line, outcome }) => [line, outcome])).toEqual([
      [2, 'created'],
      [3, 'failed'],
      [4, 'failed'],
      [6, 'failed'],
    ])
    expect(results[2]).toMatchObject({ errors: [{ field: 'profile.birthdate' }] })
    const failures = await fileOf(order, 'failures')
    expect(failures?.split('\r\n')[0]).toBe('email,username,birthdate,_line,_errors')
    const corrected = failures?.replace(`bad-${mark}`, `good@${mark}.test`) ?? ''
    const again = await importCsv(corrected)
    expect(again.results[0]).toMatchObject({ line: 2, outcome: 'created' })
  })

  test('a dotted capital I is a letter like any other: one name with its small i, in an address too', async () => {
    const mark = fresh()
    const upload = (i: string) =>
      `username,email,name\n${i}pek-${mark},,${i}pek\n,info@${i}-${mark}.test,${i}pek\n`
    const made = { outcome: 'created' }
    expect((await importCsv(upload('İ'))).results).toMatchObject([made, made])
    for (const i of ['i', 'I', 'i\u0307', 'I\u0307']) {
      const skipped = await importCsv(upload(i), { on_conflict: 'skip' })
      expect(skipped.results, i).toMatchObject([{ outcome: 'skipped' }, { outcome: 'skipped' }])
      const updated = await importCsv(upload(i), { on_conflict: 'update' })
      expect(updated.results, i).toMatchObject([{ outcome: 'updated' }, { outcome: 'updated' }])
    }
    expect(await usersLike(mark)).toHaveLength(2)
  })

  test('on_conflict: fail, skip and update, whatever the case of the names', async () => {
    const mark = fresh()
    await importCsv(`email,username,name\nada@${mark}.test,ada-${mark},Ada\n`)
    const again = `email,name\nADA@${mark}.TEST,Ada Lovelace\n`
    expect((await importCsv(again)).results[0]).toMatchObject({ outcome: 'failed' })
    expect((await importCsv(again, { on_conflict: 'skip' })).results[0]).toMatchObject({ outcome: 'skipped' })
    expect(await usersLike(mark)).toMatchObject([{ profile: { name: 'Ada' }, version: '1' }])
    const updated = await importCsv(again, { on_conflict: 'update' })
    expect(updated.results[0]).toMatchObject({ outcome: 'updated' })
    expect(await usersLike(mark)).toMatchObject([
      { profile: { name: 'Ada Lovelace' }, version: '2', username: `ada-${mark}` },
    ])
    expect((await importCsv(again, { on_conflict: 'update' })).results[0]).toMatchObject({
      outcome: 'unchanged',
    })
  })

  test('a row that fits two people changes neither', async () => {
    const mark = fresh()
    await importCsv(`email,username\na@${mark}.test,a-${mark}\nb@${mark}.test,b-${mark}\n`)
    const { results } = await importCsv(`email,username\na@${mark}.test,b-${mark}\n`, {
      on_conflict: 'update',
    })
    expect(results[0]).toMatchObject({
      outcome: 'failed',
      errors: [{ detail: expect.stringContaining('different accounts') }],
    })
  })

  test('rows about the same person happen in their order', async () => {
    const mark = fresh()
    const { results } = await importCsv(
      `email,name\nx@${mark}.test,First\nX@${mark}.test,Second\nx@${mark}.test,Third\n`,
      { on_conflict: 'update' },
    )
    expect(results.map(({ outcome }) => outcome)).toEqual(['created', 'updated', 'updated'])
    expect(await usersLike(mark)).toMatchObject([{ profile: { name: 'Third' }, version: '3' }])
  })

  test('nobody takes over an account with permissions they lack by importing a password for it', async () => {
    const mark = fresh()
    const actor = await addActor(['admin'])
    await database.execute(sql`update users set email = ${`boss@${mark}.test`} where id = ${actor.id}::uuid`)
    await database.execute(
      sql`insert into roles (name, description, permissions) values (${`importer-${mark}`}, 'x', '{admin:users:import}')`,
    )
    const hash = importedHash
    const { results } = await importCsv(
      `email,password_hash\nboss@${mark}.test,${hash}\n`,
      { on_conflict: 'update' },
      [`importer-${mark}`],
    )
    expect(results[0]).toMatchObject({
      outcome: 'failed',
      errors: [{ detail: expect.stringContaining('permissions') }],
    })
    expect((await usersLike(mark))[0]).toMatchObject({ hash: null })
  })

  test('a dry run says what would happen and writes nothing', async () => {
    const mark = fresh()
    await importCsv(`email\nold@${mark}.test\n`)
    const { results, progress } = await importCsv(`email\nold@${mark}.test\nnew@${mark}.test\nbroken\n`, {
      dry_run: true,
    })
    expect(progress).toMatchObject({ succeeded: 1, failed: 2 })
    expect(results.map(({ outcome }) => outcome)).toEqual(['failed', 'created', 'failed'])
    expect(await usersLike(mark)).toHaveLength(1)
  })

  test('JSON lines in the shape of the API', async () => {
    const mark = fresh()
    const lines = [
      { email: `a@${mark}.test`, profile: { name: 'Ada', address: { country: 'GB' } } },
      { email: `b@${mark}.test`, nmae: 'typo' },
      { email: `c@${mark}.test`, profile: { picture: 'http://x/\u0000' } },
      { email: `d@${mark}.test`, profile: { name: 'a name with \\u0000 in letters' } },
    ]
    const { results } = await importCsv(lines.map((line) => JSON.stringify(line)).join('\n'), {
      format: 'ndjson',
    })
    expect(results).toMatchObject([
      { line: 1, outcome: 'created' },
      { line: 2, outcome: 'failed', errors: [{ field: 'nmae' }] },
      { line: 3, outcome: 'failed' },
      { line: 4, outcome: 'created' },
    ])
  })

  test('an upload that cannot be read is refused as a whole and leaves nothing', async () => {
    const { offered, order } = await importCsv('email\n"never closed\n')
    expect(offered).toMatchObject({ ok: false, code: 'quote_unclosed', line: 2 })
    expect(await jobStub(order).progress()).toBeUndefined()
  })
})
