import { runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { testDatabase } from '../../fakes/database.ts'
import { addAdmin, addServiceAccount, callAdmin, type TestActor } from '../../worker/admin-client.ts'

const database = testDatabase()

interface Item {
  readonly id: string
  readonly kind: string
  readonly status: string
  readonly cancel_requested: boolean
}

/** An accepted import of `count` people that nobody drives. */
async function beginImport(actor: TestActor, count = 3): Promise<string> {
  const mark = crypto.randomUUID().slice(0, 8)
  const rows = Array.from({ length: count }, (_, index) => `p${index}@${mark}.test\n`).join('')
  const begun = await callAdmin(actor, 'POST', '/admin/users/import', {
    body: `email\n${rows}`,
    headers: { 'content-type': 'text/csv' },
  })
  expect(begun.status, await begun.clone().text()).toBe(202)
  return ((await begun.json()) as Item).id
}

async function drive(id: string): Promise<void> {
  const stub = env.JOB.getByName(id)
  for (let turn = 0; turn < 30; turn++) {
    if ((await stub.progress())?.finished_at) return
    await runDurableObjectAlarm(stub)
  }
  throw new Error('the job did not end')
}

const readItems = async (response: Response) => ((await response.json()) as { items: Item[] }).items

describe('jobs', () => {
  it('are listed newest first, by status, kind and actor, in pages', async () => {
    const admin = await addAdmin()
    const ids = [await beginImport(admin), await beginImport(admin), await beginImport(admin)].reverse()
    await drive(ids[0] as string)
    const list = `/admin/jobs?actor_id=${admin.id}`
    expect((await readItems(await callAdmin(admin, 'GET', list))).map(({ id }) => id)).toEqual(ids)
    const first = await callAdmin(admin, 'GET', `${list}&limit=2&include_total=true`)
    const page = (await first.json()) as {
      items: Item[]
      page_info: { next_cursor: string; total_count: number }
    }
    expect(page.page_info.total_count).toBe(3)
    const rest = await callAdmin(admin, 'GET', `${list}&limit=2&cursor=${page.page_info.next_cursor}`)
    expect((await readItems(rest)).map(({ id }) => id)).toEqual(ids.slice(2))
    const done = await readItems(await callAdmin(admin, 'GET', `${list}&status=succeeded`))
    expect(done[0]?.id).toBe(ids[0])
    expect(new Set(done.map(({ status }) => status))).toEqual(new Set(['succeeded']))
    expect(await readItems(await callAdmin(admin, 'GET', `${list}&kind=users.delete`))).toEqual([])
    expect((await callAdmin(admin, 'GET', `${list}&cursor=x`)).status).toBe(400)
  })

  it('say how far they are and what can be downloaded', async () => {
    const admin = await addAdmin()
    const id = await beginImport(admin)
    const queued = await (await callAdmin(admin, 'GET', `/admin/jobs/${id}`)).json()
    expect(queued).toMatchObject({
      id,
      kind: 'users.import',
      total: 3,
      actor: { type: 'user', id: admin.id },
    })
    await drive(id)
    const job = await (await callAdmin(admin, 'GET', `/admin/jobs/${id}`)).json()
    expect(job).toMatchObject({
      status: 'succeeded',
      processed: 3,
      eta_seconds: null,
      files: [{ name: 'results' }],
    })
    const results = await callAdmin(admin, 'GET', `/admin/jobs/${id}/results?format=csv`)
    expect(results.headers.get('content-type')).toContain('text/csv')
    const text = await results.text()
    expect(text.split('\r\n')).toHaveLength(5)
    expect(text).toMatch(/^line,outcome,user_id,errors\r\n2,created,/)
    const json = await (await callAdmin(admin, 'GET', `/admin/jobs/${id}/results?format=json`)).json()
    expect(json).toMatchObject([{ line: 2 }, { line: 3 }, { line: 4 }])
  })

  it('are cancelled once, and not when they have ended', async () => {
    const admin = await addAdmin()
    const id = await beginImport(admin, 2000)
    const cancelled = await callAdmin(admin, 'POST', `/admin/jobs/${id}/cancel`)
    expect(cancelled.status, await cancelled.clone().text()).toBe(202)
    await drive(id)
    const job = (await (await callAdmin(admin, 'GET', `/admin/jobs/${id}`)).json()) as Item
    expect(job).toMatchObject({ status: 'cancelled', cancel_requested: true })
    expect((await callAdmin(admin, 'POST', `/admin/jobs/${id}/cancel`)).status).toBe(409)
    const events = await database.execute(
      sql`select type from audit_events where entity_id = ${id} order by position`,
    )
    expect(events.rows.map(({ type }) => type)).toEqual(['job.created', 'job.cancelled', 'job.finished'])
  })

  it('give files only to those who may do what the job does', async () => {
    const admin = await addAdmin()
    const id = await beginImport(admin)
    await drive(id)
    const reader = await addServiceAccount(['admin:jobs:read'])
    expect((await callAdmin(reader, 'GET', `/admin/jobs/${id}`)).status).toBe(200)
    expect((await callAdmin(reader, 'GET', `/admin/jobs/${id}/results`)).status).toBe(403)
    const narrow = await addAdmin({ scopes: ['admin:jobs:read'] })
    expect((await callAdmin(narrow, 'GET', `/admin/jobs/${id}/results`)).status).toBe(403)
  })
})

/** Reads server-sent events until the stream ends. */
async function readEvents(response: Response) {
  const blocks = (await response.text()).split('\n\n').filter((block) => block.includes('event: progress'))
  return blocks.map((block) => ({
    id: Number(/^id: (\d+)$/m.exec(block)?.[1]),
    data: JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? '{}') as { status: string; processed: number },
  }))
}

describe('following a job', () => {
  it('tells every change over server-sent events, and ends with the job', async () => {
    const admin = await addAdmin()
    const id = await beginImport(admin, 1200)
    const stream = await callAdmin(admin, 'GET', `/admin/jobs/${id}/events`)
    expect(stream.headers.get('content-type')).toBe('text/event-stream')
    const reading = readEvents(stream)
    await drive(id)
    const events = await reading
    expect(events.map(({ id }) => id)).toEqual([...events.map(({ id }) => id)].sort((a, b) => a - b))
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length)
    const job = await (await callAdmin(admin, 'GET', `/admin/jobs/${id}`)).json<Record<string, unknown>>()
    const { started_at, files_expire_at } = job
    const last = { status: 'succeeded', processed: 1200, started_at, files_expire_at }
    expect(events.at(-1)?.data).toMatchObject(last)
    expect(events.map(({ data }) => data.processed)).toEqual(expect.arrayContaining([500, 1000, 1200]))
  })

  it('goes on after Last-Event-ID, and says nothing twice', async () => {
    const admin = await addAdmin()
    const id = await beginImport(admin)
    await drive(id)
    const [event] = await readEvents(await callAdmin(admin, 'GET', `/admin/jobs/${id}/events`))
    const again = (last: string) =>
      callAdmin(admin, 'GET', `/admin/jobs/${id}/events`, { headers: { 'last-event-id': last } })
    expect(await readEvents(await again(String(event?.id)))).toEqual([])
    expect(await readEvents(await again('0'))).toHaveLength(1)
    expect((await again('x')).status).toBe(400)
  })

  it('tells the same over a WebSocket, with the token as a subprotocol', async () => {
    const admin = await addAdmin()
    const id = await beginImport(admin, 1200)
    const path = `/admin/jobs/${id}/events/ws`
    expect((await callAdmin(admin, 'GET', path)).status).toBe(426)
    const response = await callAdmin(undefined, 'GET', path, {
      headers: { upgrade: 'websocket', 'sec-websocket-protocol': `authly.bearer, ${admin.token}` },
    })
    expect(response.status).toBe(101)
    expect(response.headers.get('sec-websocket-protocol')).toBe('authly.bearer')
    const socket = response.webSocket as WebSocket
    const messages: { status: string; processed: number }[] = []
    socket.addEventListener('message', ({ data }) => messages.push(JSON.parse(String(data))))
    const closed = new Promise<CloseEvent>((resolve) => socket.addEventListener('close', resolve))
    socket.accept()
    await drive(id)
    expect((await closed).code).toBe(1000)
    expect(messages.at(-1)).toMatchObject({ status: 'succeeded', processed: 1200 })
  })
})
