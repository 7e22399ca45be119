import { sql } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { encodeCursor } from '../../../src/admin/page-cursor.ts'
import { passwordCredentials, passwordSetupLinks, users } from '../../../src/db/schema.ts'
import { uuidv7 } from '../../../src/kit/ids.ts'
import { testDatabase } from '../../fakes/database.ts'
import { addAdmin, addServiceAccount, callAdmin, type TestActor } from '../../worker/admin-client.ts'

interface Listed {
  readonly items: readonly { id: string; username: string | null; email: string | null }[]
  readonly page_info: { has_next_page: boolean; next_cursor: string | null; total_count?: number }
}

/** Marks the people of this file, in every text they have. */
const mark = `m${uuidv7().slice(-12)}`
let admin: TestActor

const list = async (query: Record<string, string>): Promise<Listed> => {
  const response = await callAdmin(admin, 'GET', `/admin/users?${new URLSearchParams(query)}`)
  expect(response.status, await response.clone().text()).toBe(200)
  return response.json()
}

const walk = async (query: Record<string, string>): Promise<string[]> => {
  const found: string[] = []
  for (let cursor: string | null = '', pages = 0; cursor !== null; pages++) {
    expect(pages).toBeLessThan(40)
    const page = await list({ ...query, ...(cursor ? { cursor } : {}) })
    found.push(...page.items.map(({ id }) => id))
    expect(page.page_info.has_next_page).toBe(page.page_info.next_cursor !== null)
    cursor = page.page_info.next_cursor
  }
  return found
}

/** 30 people: some within one microsecond of another, some without a name of one kind. */
const people = Array.from({ length: 30 }, (_, index) => ({
  id: uuidv7(),
  username: index % 3 === 0 ? null : `${mark}-u${index % 7}-${index}`,
  email: index % 4 === 0 && index % 3 !== 0 ? null : `${mark}-${index}@Example.test`,
  email_verified: index % 2 === 0,
  phone_number: index === 5 ? '+493012345678' : null,
  status: index % 10 === 9 ? ('disabled' as const) : ('active' as const),
  roles: index === 7 ? ['support'] : [],
  profile: {
    nickname: mark,
    ...(index % 5 === 0 ? {} : { name: `Zoë ${mark} ${index % 4}` }),
    ...(index === 8 ? { locale: 'de', zoneinfo: 'Europe/Berlin', address: { country: 'DE' } } : {}),
  },
}))

beforeAll(async () => {
  admin = await addAdmin()
  await testDatabase().insert(users).values(people)
  await testDatabase().execute(sql`
    update users set created_at = timestamptz '2020-01-01T00:00:00.123450Z' + (numbered.n / 3) * interval '1 microsecond',
      updated_at = timestamptz '2020-01-01T00:00:00.123450Z' + (numbered.n / 3) * interval '1 microsecond'
    from (select id, row_number() over (order by id desc) as n from users where profile @> ${JSON.stringify({ nickname: mark })}::jsonb) as numbered
    where users.id = numbered.id`)
  const [first, second] = people
  await testDatabase()
    .insert(passwordCredentials)
    .values({ user_id: first?.id as string, hash: '$argon2id$v=19$m=19456,t=2,p=1$x' })
  await testDatabase()
    .insert(passwordSetupLinks)
    .values({
      user_id: second?.id as string,
      purpose: 'invitation',
      secret_hash: 'x',
      expires_at: new Date(),
    })
})

describe('pages of the list', () => {
  it.each(['created_at', 'updated_at', 'username', 'email', 'name'])(
    'in the order of %s hold everybody once, in both directions, equal and absent values included',
    async (order) => {
      const upwards = await walk({ nickname: mark, sort: order, limit: '4' })
      expect(upwards.toSorted()).toEqual(people.map(({ id }) => id).toSorted())
      expect(await walk({ nickname: mark, sort: `-${order}`, limit: '7' })).toEqual(upwards.toReversed())
    },
  )

  it('of a text search hold everybody once in the order of names', async () => {
    const found = people.filter(({ profile }) => profile.name !== undefined).map(({ id }) => id)
    const upwards = await walk({ q: mark, sort: 'name', limit: '4' })
    expect(upwards.toSorted()).toEqual(expect.arrayContaining(found.toSorted()))
    expect(upwards).toHaveLength(new Set(upwards).size)
    expect(await walk({ q: mark, sort: '-name', limit: '7' })).toEqual(upwards.toReversed())
  })

  it('tell times of one millisecond apart', async () => {
    const byTime = await walk({ nickname: mark, sort: 'created_at', limit: '2' })
    expect(byTime).not.toEqual(people.map(({ id }) => id))
    expect(byTime).toHaveLength(people.length)
  })

  it('count all matches when asked', async () => {
    const page = await list({ nickname: mark, include_total: 'true', limit: '3' })
    expect(page.page_info.total_count).toBe(people.length)
    expect(page.items).toHaveLength(3)
    expect((await list({ nickname: mark, limit: '3' })).page_info.total_count).toBeUndefined()
  })

  it.each([
    ['another order', encodeCursor('users:email', ['a', uuidv7()])],
    ['another list', encodeCursor('clients:-created_at', ['2020-01-01T00:00:00+00:00', uuidv7()])],
    ['a time that is SQL', encodeCursor('users:-created_at', ["now()'; drop table users", uuidv7()])],
    ['a day that is none', encodeCursor('users:-created_at', ['2020-02-31T99:00:00+00:00', uuidv7()])],
    ['an id that is none', encodeCursor('users:-created_at', ['2020-01-01T00:00:00+00:00', 'x'])],
    ['a number', encodeCursor('users:-created_at', [1, uuidv7()])],
    ['nothing', encodeCursor('users:-created_at', [null, null])],
    ['garbage', 'AAAA'],
  ])('refuse a cursor of %s', async (_, cursor) => {
    const response = await callAdmin(admin, 'GET', `/admin/users?${new URLSearchParams({ cursor })}`)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ errors: [{ parameter: 'cursor' }] })
  })

  it('refuse NUL in a cursor', async () => {
    const cursor = encodeCursor('users:email', ['a\0', uuidv7()])
    const query = new URLSearchParams({ sort: 'email', cursor })
    expect((await callAdmin(admin, 'GET', `/admin/users?${query}`)).status).toBe(400)
  })
})

describe('a filter of ids', () => {
  it.each([
    ['none', ''],
    ['no id', 'ada'],
    ['SQL', "x' or true --"],
    ['more than a page', Array.from({ length: 101 }, () => uuidv7()).join()],
  ])('refuses %s', async (_, ids) => {
    const response = await callAdmin(admin, 'GET', `/admin/users?${new URLSearchParams({ ids })}`)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ errors: [{ parameter: 'ids' }] })
  })
})

describe('filters of the list', () => {
  const idsOf = (wanted: (person: (typeof people)[number], index: number) => boolean) =>
    people
      .filter(wanted)
      .map(({ id }) => id)
      .toSorted()
  const found = async (query: Record<string, string>) =>
    (await list({ nickname: mark, limit: '200', ...query })).items.map(({ id }) => id).toSorted()

  it.each<[string, Record<string, string>, (person: (typeof people)[number], index: number) => boolean]>([
    ['username, whatever the case', { username: `${mark.toUpperCase()}-U1-1` }, (_, index) => index === 1],
    ['e-mail address, whatever the case', { email: `${mark}-2@EXAMPLE.test` }, (_, index) => index === 2],
    ['verified address', { email_verified: 'true' }, (person) => person.email_verified],
    ['address not verified', { email_verified: 'false' }, (person) => !person.email_verified],
    ['phone number', { phone_number: '+493012345678' }, (_, index) => index === 5],
    ['phone number not verified', { phone_number_verified: 'true' }, () => false],
    ['ids', { ids: `${people[3]?.id},${people[4]?.id}` }, (_, index) => index === 3 || index === 4],
    [
      'ids and status',
      { ids: `${people[8]?.id},${people[9]?.id}`, status: 'disabled' },
      (_, index) => index === 9,
    ],
    ['status', { status: 'disabled' }, (person) => person.status === 'disabled'],
    ['role', { role: 'support' }, (_, index) => index === 7],
    ['locale', { locale: 'de' }, (_, index) => index === 8],
    ['several claims', { zoneinfo: 'Europe/Berlin', address_country: 'DE' }, (_, index) => index === 8],
    ['claims that do not go together', { zoneinfo: 'Europe/Berlin', address_country: 'FR' }, () => false],
    ['having a password', { has_password: 'true' }, (_, index) => index === 0],
    ['having none', { has_password: 'false' }, (_, index) => index !== 0],
    ['being invited', { invited: 'true' }, (_, index) => index === 1],
    ['not being invited', { invited: 'false' }, (_, index) => index !== 1],
    ['creation before', { created_before: '2020-01-01T00:00:00.123Z' }, () => false],
    ['creation after, with an offset', { created_after: '2020-01-01T01:00:00.123+01:00' }, () => true],
    ['change before', { updated_before: '2020-01-02T00:00:00Z' }, () => true],
    ['change after', { updated_after: '2020-01-02T00:00:00Z' }, () => false],
    ['a part of a word', { q: `${mark.slice(2)}-12@` }, (person) => person.email?.includes('-12@') ?? false],
    ['the beginning of a short word', { q: `${mark} zo` }, (_, index) => index % 5 !== 0],
    ['one letter that begins a word', { q: `${mark} 3` }, (_, index) => index % 5 !== 0 && index % 4 === 3],
    ['words in any order', { q: `3 ${mark} Zoë` }, (_, index) => index % 5 !== 0 && index % 4 === 3],
    ['wildcards as themselves', { q: `%${mark}` }, () => false],
    ['underscores as themselves', { q: `${mark}_` }, () => false],
    ['quotes as themselves', { q: `x'; drop` }, () => false],
    ['letters behind a sign', { q: '@example' }, (person) => person.email !== null],
    ['a letter before signs', { q: 'z..' }, () => false],
    ['capitals of any alphabet', { q: `ZOË ${mark}` }, (_, index) => index % 5 !== 0],
    ['SQL in a claim', { given_name: `x"}' or true --` }, () => false],
    ['SQL in a name', { username: `' or 1=1 --` }, () => false],
  ])('by %s', async (_, query, wanted) => {
    expect(await found(query)).toEqual(idsOf(wanted))
  })

  it.each([
    { nmae: 'Ada' },
    { status: 'gone' },
    { role: 'Not a role' },
    { email_verified: 'yes' },
    { created_after: 'yesterday' },
    { created_after: '2020-13-01T00:00:00Z' },
    { q: '   ' },
    { q: 'ada %%%' },
    { q: 'a b c d e f g h i' },
    { username: 'a\0b' },
    { q: 'a\0bc' },
    { sort: 'password' },
    { limit: '201' },
    { limit: '0' },
    { limit: '1e3' },
  ])('refuse %j', async (query) => {
    const response = await callAdmin(admin, 'GET', `/admin/users?${new URLSearchParams(query as never)}`)
    expect(response.status).toBe(400)
  })

  it('count with the same filters', async () => {
    const query = new URLSearchParams({ nickname: mark })
    const response = await callAdmin(admin, 'GET', `/admin/users/count?${query}`)
    expect(await response.json()).toEqual({ total_count: 30, by_status: { active: 27, disabled: 3 } })
  })

  it('need the permission to see people', async () => {
    const other = await addServiceAccount(['admin:clients:read'])
    expect((await callAdmin(other, 'GET', '/admin/users')).status).toBe(403)
    expect((await callAdmin(other, 'GET', '/admin/users/count')).status).toBe(403)
  })
})
