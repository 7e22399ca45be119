/** Lists page by page, and changes that begin again when somebody was faster. */
import { createManagement, type Management, PreconditionFailed } from '@authly-server/management'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Answer, type Loopback, problem, startLoopback } from './loopback.ts'

let server: Loopback
let management: Management

beforeEach(async () => {
  server = await startLoopback()
  management = createManagement({ issuer: server.issuer, token: () => 'token' })
})
afterEach(() => server.close())

/** Five accounts, two on a page unless `limit` says otherwise. */
const fiveUsers: Answer = ({ url }) => {
  const query = new URL(url, server.issuer).searchParams
  const start = Number(query.get('cursor') ?? 0)
  const end = start + Number(query.get('limit') ?? 2)
  const items = Array.from({ length: 5 }, (_, index) => ({ id: `u${index}` })).slice(start, end)
  const more = end < 5
  return {
    body: {
      items,
      page_info: { has_next_page: more, next_cursor: more ? String(end) : null, total_count: 5 },
    },
  }
}
const queries = () => server.asked.map(({ url }) => new URL(url, server.issuer).search)

describe('a list', () => {
  it('gives every item, with the same filters on every page', async () => {
    server.say(fiveUsers)
    const seen: string[] = []
    for await (const { id } of management.users.list({ q: 'ada love', status: 'active' })) seen.push(id)
    expect(seen).toEqual(['u0', 'u1', 'u2', 'u3', 'u4'])
    const filters = '?q=ada+love&status=active'
    expect(queries()).toEqual([filters, `${filters}&cursor=2`, `${filters}&cursor=4`])
  })

  it('reads no page that nobody wants', async () => {
    server.say(fiveUsers)
    const list = management.users.list()
    expect(server.asked).toEqual([])
    for await (const { id } of list) if (id === 'u1') break
    expect(server.asked).toHaveLength(1)
  })

  it('can be read twice, and page by page', async () => {
    server.say(fiveUsers)
    const list = management.users.list({ include_total: true })
    const sizes: number[] = []
    for await (const { items } of list.pages()) sizes.push(items.length)
    expect(sizes).toEqual([2, 2, 1])
    const page = await list.page()
    expect(page).toMatchObject({ items: [{ id: 'u0' }, { id: 'u1' }], nextCursor: '2', totalCount: 5 })
    const second = await page.next()
    expect(second?.items).toEqual([{ id: 'u2' }, { id: 'u3' }])
    expect(await (await second?.next())?.next()).toBeUndefined()
  })

  it('goes on at a cursor that was kept', async () => {
    server.say(fiveUsers)
    const page = await management.users.list({ cursor: '4' }).page()
    expect(page).toMatchObject({ items: [{ id: 'u4' }], nextCursor: undefined })
  })

  it.each([
    [0, 0, []],
    [3, 1, ['?limit=3']],
    [5, 1, ['?limit=5']],
    [9, 1, ['?limit=9']],
  ])('takes the first %i in %i pages', async (count, _, asked) => {
    server.say(fiveUsers)
    expect(await management.users.list().take(count)).toHaveLength(Math.min(5, count))
    expect(queries()).toEqual(asked)
  })

  it('takes pages as large as the caller says', async () => {
    server.say(fiveUsers)
    expect(await management.users.list({ limit: 2 }).take(3)).toHaveLength(3)
    expect(queries()).toEqual(['?limit=2', '?limit=2&cursor=2'])
  })

  it('without pages is a list like the others', async () => {
    server.say({ body: { items: [{ name: 'support' }] } })
    expect(await management.roles.list().take(10)).toEqual([{ name: 'support' }])
    expect(queries()).toEqual([''])
  })

  it.each([
    ['no items', { page_info: { has_next_page: false } }],
    ['items that are no list', { items: 'u1', page_info: {} }],
    ['a next page without a cursor', { items: [], page_info: { has_next_page: true, next_cursor: null } }],
  ])('with %s is refused', async (_, body) => {
    server.say({ body })
    await expect(management.users.list().page()).rejects.toMatchObject({ code: 'invalid_response' })
  })

  it('does not go round in a circle', async () => {
    server.say({ body: { items: [{ id: 'u0' }], page_info: { has_next_page: true, next_cursor: 'x' } } })
    await expect(management.users.list().take(100)).rejects.toMatchObject({ code: 'invalid_response' })
    expect(server.asked).toHaveLength(2)
  })

  it('ends with the signal of the caller', async () => {
    server.say(fiveUsers)
    const stop = new AbortController()
    const read = async () => {
      for await (const { id } of management.users.list({ signal: stop.signal }))
        if (id === 'u1') stop.abort(new Error('enough'))
    }
    await expect(read()).rejects.toThrow('enough')
  })
})

describe('change', () => {
  /** An account with a version, as the server keeps it. `meddle` changes it before the first writes. */
  const account = (meddle: number): Answer => {
    let version = 1
    let nickname = 'none'
    return ({ method, headers, body }) => {
      if (method === 'PATCH' && meddle-- > 0) version++
      if (method === 'PATCH' && headers['if-match'] !== `"${version}"`)
        return problem(412, 'precondition_failed', { etag: `"${version}"` })
      if (method === 'PATCH') {
        version++
        nickname = JSON.parse(body).profile.nickname
      }
      return { body: { id: 'u1', profile: { nickname } }, headers: { etag: `"${version}"` } }
    }
  }

  it('reads, edits, writes, and begins again after a 412', async () => {
    server.say(account(2))
    const seen: string[] = []
    const changed = await management.users.change('u1', async ({ etag }) => {
      seen.push(etag)
      return { profile: { nickname: 'Amazing Grace' } }
    })
    expect(seen).toEqual(['"1"', '"2"', '"3"'])
    expect(changed).toMatchObject({ profile: { nickname: 'Amazing Grace' } })
    expect(changed.etag).toBe('"4"')
  })

  it('gives up after as many attempts as the caller says', async () => {
    server.say(account(9))
    const edit = () => ({ profile: { nickname: 'x' } })
    await expect(management.users.change('u1', edit, { maxAttempts: 2 })).rejects.toBeInstanceOf(
      PreconditionFailed,
    )
    expect(server.asked.map(({ method }) => method)).toEqual(['GET', 'PATCH', 'GET', 'PATCH'])
  })

  it('writes nothing when there is nothing to change', async () => {
    server.say(account(0))
    expect((await management.users.change('u1', () => undefined)).etag).toBe('"1"')
    expect(server.asked).toHaveLength(1)
  })

  it('is there for settings by name', async () => {
    server.say({ body: { value: 5 }, headers: { etag: '"0"' } })
    await management.settings.change('sessions.max_per_user', ({ value }) => ({ value: Number(value) + 1 }))
    expect(server.asked.at(-1)).toMatchObject({ method: 'PATCH', body: '{"value":6}' })
  })
})
