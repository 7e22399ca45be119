import { sql } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { users } from '../../../src/db/schema.ts'
import { uuidv7 } from '../../../src/kit/ids.ts'
import { userCondition } from '../../../src/users/user-filter.store.ts'
import { testDatabase } from '../../fakes/database.ts'
import { openBrowser, signIn } from '../../login/browser.ts'
import { addAdmin, callAdmin, type TestActor } from '../../worker/admin-client.ts'
import { eventsAbout } from '../../worker/managed-person.ts'

let root: TestActor
beforeAll(async () => {
  root = await addAdmin()
})

const password = 'purple-kettle-orbit'
const mark = () => uuidv7().slice(-10)
/** Letters of a script, so that a made-up name has only those. */
const letters = (alphabet: string) =>
  [...crypto.getRandomValues(new Uint8Array(10))]
    .map((byte) => [...alphabet][byte % [...alphabet].length])
    .join('')

const create = (body: Record<string, unknown>, actor = root) =>
  callAdmin(actor, 'POST', '/admin/users', {
    body: { setup: { method: 'password', password, must_change: false }, ...body },
  })

const created = async (
  body: Record<string, unknown>,
): Promise<{ id: string; username: string; email: string }> => {
  const response = await create(body)
  expect(response.status, await response.clone().text()).toBe(201)
  return response.json()
}

const found = async (query: Record<string, string>): Promise<string[]> => {
  const response = await callAdmin(root, 'GET', `/admin/users?${new URLSearchParams(query)}`)
  expect(response.status, await response.clone().text()).toBe(200)
  const { items } = (await response.json()) as { items: { id: string }[] }
  return items.map(({ id }) => id)
}

const patch = (id: string, body: Record<string, unknown>) =>
  callAdmin(root, 'PATCH', `/admin/users/${id}`, {
    body,
    headers: { 'if-match': '*', 'content-type': 'application/merge-patch+json' },
  })

describe('one namespace', () => {
  it('who may not touch an administrator cannot make or rename an account to the administrator’s name', async () => {
    const name = `chief-${mark()}@corp.test`
    await created({ username: name })
    const support = await addAdmin({ roles: ['support'] })
    const squat = await create({ username: `squat-${mark()}`, email: name.toUpperCase() }, support)
    expect(squat.status).toBe(409)
    expect(await squat.json()).toMatchObject({
      title: 'The e-mail address is taken',
      errors: [{ pointer: '#/email', detail: 'is taken, as a username or as an e-mail address' }],
    })
    const other = await created({ username: `other-${mark()}` })
    expect((await patch(other.id, { email: name })).status).toBe(409)
    expect((await signIn(openBrowser(), name, password)).status).toBe(303)
  })

  it('of parallel requests for one name in different spellings one is answered 201, the others 409', async () => {
    const base = letters('αβγδεζηθικλμνξοπρτυφ')
    const spellings = [`${base}ος`, `${base}οσ`, `${base}ΟΣ`.toUpperCase(), `${base.toUpperCase()}ος`]
    const statuses = await Promise.all(spellings.map(async (username) => (await create({ username })).status))
    expect(statuses.sort()).toEqual([201, 409, 409, 409])
  })

  it('a change of spelling alone is no conflict, and an address verified stays so', async () => {
    const domain = `${letters('бвгджз')}.рф`
    const user = await created({ email: `info@${domain}`, email_verified: true })
    const answer = await patch(user.id, { email: `INFO@${domain.toUpperCase()}` })
    expect(await answer.json()).toMatchObject({ email: `INFO@${domain.toUpperCase()}`, email_verified: true })
    const elsewhere = await patch(user.id, { email: `info@${letters('бвгджз')}.рф` })
    expect(await elsewhere.json()).toMatchObject({ email_verified: false })
  })

  it('forms are no part of what the API shows or the trail tells', async () => {
    const user = await created({ username: `shown-${mark()}` })
    await patch(user.id, { username: `Renamed-${mark()}` })
    const read = await (await callAdmin(root, 'GET', `/admin/users/${user.id}`)).text()
    const events = JSON.stringify(await eventsAbout(user.id))
    expect(events).toContain('user.updated')
    expect(read + events).not.toMatch(/_form|form_version/)
  })

  it('a change of one name leaves the other to the cron job, if its form is an old one', async () => {
    const user = await created({ username: `old-${mark()}`, email: `${mark()}@old.test` })
    await testDatabase().execute(
      sql`update users set email_form = 'of old rules', form_version = 0 where id = ${user.id}::uuid`,
    )
    expect((await patch(user.id, { username: `new-${mark()}` })).status).toBe(200)
    const { rows } = await testDatabase().execute(
      sql`select coalesce(form_version, 0) as version from users where id = ${user.id}::uuid`,
    )
    expect(rows).toEqual([{ version: 0 }])
  })

  it('lists accounts that share a name from before, page by page', async () => {
    const name = `shared-${mark()}`
    const [older, newer] = [uuidv7(), uuidv7()]
    await testDatabase()
      .insert(users)
      .values([
        { id: older, username: name },
        { id: newer, username: `newer-${name}`, email: `${name}@x.test` },
      ])
    await testDatabase().execute(
      sql`insert into user_identifier_collisions (identifier, user_id) values (${name}, ${newer}::uuid)`,
    )
    const all: Record<string, unknown>[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query = `limit=1&include_total=true${cursor && `&cursor=${cursor}`}`
      const response = await callAdmin(root, 'GET', `/admin/users/collisions?${query}`)
      expect(response.status, await response.clone().text()).toBe(200)
      const page = (await response.json()) as {
        items: Record<string, unknown>[]
        page_info: { next_cursor: string | null }
      }
      all.push(...page.items)
      cursor = page.page_info.next_cursor
    }
    expect(all).toContainEqual({
      identifier: name,
      holder: expect.objectContaining({ id: older, username: name, email: null }),
      other: expect.objectContaining({ id: newer, email: `${name}@x.test` }),
    })
    const reader = await addAdmin({ scopes: ['admin:clients:read'] })
    expect((await callAdmin(reader, 'GET', '/admin/users/collisions')).status).toBe(403)
    expect((await callAdmin(root, 'GET', '/admin/users/collisions?cursor=x')).status).toBe(400)
  })
})

describe('a filter that nothing is left of, kept from before it was refused', () => {
  it.each([{ q: '\u3164' }, { username: '\u200b' }, { email: '\u200e' }, { identifier: '\u3164' }])(
    '%j finds nobody',
    async (filter) => {
      await created({ username: `no-mail-${mark()}` })
      await created({ email: `${mark()}@no-name.test` })
      const { rows } = await testDatabase().execute(
        sql`select count(*)::int as n from users where ${userCondition(filter)}`,
      )
      expect(rows).toEqual([{ n: 0 }])
    },
  )
})

describe('letters', () => {
  it.each<[string, () => string, (name: string) => string[]]>([
    [
      'Greek capitals',
      () => `${letters('ΑΒΓΔΕΖΗΘ')}ΚΟΣ`,
      (name) => [name.toLowerCase(), name.toLowerCase().replace('ς', 'σ')],
    ],
    [
      'a Turkish capital',
      () => `İ${letters('pqrs')}I`,
      (name) => [name.toLowerCase(), name.replace('İ', 'i').replace('I', 'ı')],
    ],
    [
      'fullwidth letters',
      () => `ｔ${letters('ａｂｃｄ')}`,
      (name) => [name.normalize('NFKC'), name.toUpperCase()],
    ],
    ['Armenian ligatures', () => `${letters('աբգդ')}և`, (name) => [name.toUpperCase()]],
  ])('of an account with %s: as typed, in capitals, in small letters', async (_, make, spellings) => {
    const username = make()
    const { id } = await created({ username })
    for (const typed of [username, username.toUpperCase(), username.toLowerCase(), ...spellings(username)]) {
      expect((await signIn(openBrowser(), typed, password)).status, typed).toBe(303)
      expect(await found({ username: typed }), typed).toEqual([id])
      expect(await found({ identifier: typed }), typed).toEqual([id])
      expect(await found({ q: typed }), typed).toEqual([id])
    }
  })

  it('every spelling of a mailbox finds the one account', async () => {
    const label = letters('бвгджз')
    const { id } = await created({ email: `info@${label}.com` })
    const ascii = new URL(`http://${label}.com`).hostname
    for (const typed of [`INFO@${label.toUpperCase()}.COM`, `info@${ascii}`, `ｉｎｆｏ＠${label}。com`]) {
      expect(await found({ email: typed }), typed).toEqual([id])
      expect(await found({ q: typed }), typed).toEqual([id])
      expect((await signIn(openBrowser(), typed, password)).status, typed).toBe(303)
      expect((await create({ email: typed })).status).toBe(409)
    }
    expect(await found({ q: label.slice(2, 6) })).toEqual([id])
  })

  it('finds Chinese, Japanese and Korean given names of two characters and one, wherever they stand', async () => {
    const nickname = mark()
    const named = async (profile: Record<string, string>) =>
      (await created({ username: `cjk-${mark()}`, profile: { nickname, ...profile } })).id
    const taro = await named({ name: '田中太郎' })
    const ming = await named({ name: '王小明' })
    const gildong = await named({ name: '홍길동' })
    const parts = await named({ given_name: '美咲', family_name: '佐藤' })
    const rare = await named({ name: '𠮷野家' })
    const search = (q: string) => found({ q, nickname })
    expect(await search('太郎')).toEqual([taro])
    expect(await search('中太')).toEqual([taro])
    expect(await search('田中太郎')).toEqual([taro])
    expect(await search('小明')).toEqual([ming])
    expect(await search('明')).toEqual([ming])
    expect(await search('길동'.normalize('NFD'))).toEqual([gildong])
    expect(await search('美咲')).toEqual([parts])
    expect(await search('美咲 佐藤')).toEqual([parts])
    expect(await search('野家')).toEqual([rare])
    expect(await search('郎太')).toEqual([])
    await patch(taro, { profile: { name: '鈴木一郎' } })
    expect(await search('一郎')).toEqual([taro])
    expect(await search('太郎')).toEqual([])
  })

  it('finds names in any composition, width and case', async () => {
    const nickname = mark()
    const named = async (name: string) =>
      (await created({ username: `name-${mark()}`, profile: { nickname, name } })).id
    const greek = await named('Νίκος Παπαδόπουλος')
    const kana = await named('ｻﾄｳ ﾀﾛｳ')
    const persian = await named('علی\u200cرضا احمدی')
    const search = (q: string) => found({ q, nickname })
    expect(await search('ΠΑΠΑΔΌΠΟΥΛΟΣ')).toEqual([greek])
    expect(await search('νίκος'.normalize('NFD'))).toEqual([greek])
    expect(await search('サトウ')).toEqual([kana])
    expect(await search('علیرضا')).toEqual([persian])
  })
})
