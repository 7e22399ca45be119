/**
 * Uploads that break off, over real sockets and through the production bundle: nothing may be left of them, in Postgres
 * or in the files of the objects, and their `Idempotency-Key` is still free.
 */
import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OwnAuthly, startOwnAuthly } from '../own-authly.ts'
import type { SeededClient } from '../seed.ts'

const adminScopes = ['admin:users:import', 'admin:users:write', 'admin:jobs:read']

let authly: OwnAuthly
let service: SeededClient
let token: string

beforeAll(async () => {
  authly = await startOwnAuthly()
  service = await authly.seed.addClient({ scopes: adminScopes })
  const granted = await authly.rp.requestToken(service, {
    grant_type: 'client_credentials',
    scope: adminScopes.join(' '),
  })
  token = String(granted.json?.['access_token'])
}, 240_000)
afterAll(() => authly?.stop())

const freshMark = () => `cut${crypto.randomUUID().slice(0, 8)}`

/** More than one chunk of 500 rows, so that some of it was stored before the end was missed. */
const peopleOf = (mark: string, count = 1200): string =>
  `email,name\r\n${Array.from({ length: count }, (_, index) => `p${index}@${mark}.test,Person ${index}\r\n`).join('')}`

interface Cut {
  readonly framing: 'length' | 'chunked'
  /** `fin`: the sender closes in order; `rst`: the connection is reset. */
  readonly end: 'fin' | 'rst'
}

/** Sends the beginning of an upload and closes. @returns what the server answered until then */
function sendCut(upload: string, key: string, { framing, end }: Cut): Promise<string> {
  const { hostname, port, host } = new URL(authly.issuer)
  const head = [
    'POST /admin/users/import HTTP/1.1',
    `Host: ${host}`,
    `Authorization: Bearer ${token}`,
    'Content-Type: text/csv; charset=utf8',
    `Idempotency-Key: ${key}`,
    framing === 'length' ? `Content-Length: ${upload.length + 1000}` : 'Transfer-Encoding: chunked',
  ]
  const body = framing === 'length' ? upload : `${upload.length.toString(16)}\r\n${upload}\r\n`
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect(Number(port), hostname)
    socket.on('data', (bytes) => {
      answer += bytes
    })
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(answer))
    socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
    setTimeout(() => (end === 'rst' ? socket.resetAndDestroy() : socket.end()), 700)
    setTimeout(() => socket.destroy(), 3000)
  })
}

const send = (path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  fetch(`${authly.issuer}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'text/csv', ...headers },
    body,
  })

/** What Postgres knows of the caller's jobs, keys and created jobs in the trail, and of the people of an upload. */
async function countsOf(mark: string) {
  const { rows } = await authly.seed.database.query(
    `SELECT (SELECT count(*)::int FROM jobs WHERE actor_id = $1) AS jobs,
       (SELECT count(*)::int FROM idempotency_keys WHERE actor_id = $1) AS keys,
       (SELECT count(*)::int FROM audit_events WHERE actor_id = $1 AND type = 'job.created') AS events,
       (SELECT count(*)::int FROM users WHERE email LIKE $2) AS people`,
    [service.client_id, `%@${mark}.test`],
  )
  return rows[0] as { jobs: number; keys: number; events: number; people: number }
}

/** How many chunks of uploads the objects hold. Each file is looked into as a copy, because it is in use. */
async function storedChunks(): Promise<number> {
  const folder = authly.stack.objectsFolder
  const names = await readdir(folder, { recursive: true })
  const own = await mkdtemp(join(tmpdir(), 'authly-objects-'))
  let chunks = 0
  for (const name of names.filter((each) => each.endsWith('.sqlite'))) {
    const copy = join(own, 'copy.sqlite')
    for (const suffix of ['', '-wal']) {
      await copyFile(join(folder, name + suffix), copy + suffix).catch(() =>
        rm(copy + suffix, { force: true }),
      )
    }
    chunks += chunksIn(copy)
    await rm(`${copy}-shm`, { force: true })
  }
  await rm(own, { recursive: true })
  return chunks
}

function chunksIn(file: string): number {
  const database = new DatabaseSync(file)
  try {
    const [table] = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'input'").all()
    if (!table) return 0
    return Number(database.prepare('SELECT count(*) AS chunks FROM input').get()?.['chunks'])
  } finally {
    database.close()
  }
}

describe.each<Cut>([
  { framing: 'length', end: 'fin' },
  { framing: 'length', end: 'rst' },
  { framing: 'chunked', end: 'fin' },
  { framing: 'chunked', end: 'rst' },
])('an upload with framing by $framing, cut off by $end', (cut) => {
  it('leaves nothing behind, and its key free', async () => {
    const mark = freshMark()
    const chunks = await storedChunks()
    const key = crypto.randomUUID()
    const upload = peopleOf(mark)
    const before = await countsOf(mark)
    const answer = await sendCut(upload, key, cut)
    if (cut.end === 'fin') expect(answer).toMatch(/^HTTP\/1\.1 400[\s\S]*Line 1201: the upload broke off/)
    else expect(answer).toBe('')
    await sleep(1000)
    expect(await countsOf(mark)).toEqual(before)
    // Those of jobs before may have been worked off meanwhile.
    expect(await storedChunks()).toBeLessThanOrEqual(chunks)

    const whole = await send('/admin/users/import', upload, { 'idempotency-key': key })
    expect(whole.status, await whole.clone().text()).toBe(202)
    const again = await send('/admin/users/import', upload, { 'idempotency-key': key })
    expect(await again.json()).toMatchObject({ id: ((await whole.json()) as { id: string }).id })
    const other = await send('/admin/users/import', peopleOf(mark, 3), { 'idempotency-key': key })
    expect(other.status).toBe(422)
    expect(await countsOf(mark)).toMatchObject({ jobs: before.jobs + 1, keys: before.keys + 1 })
  }, 60_000)
})

it('the look into the files of the objects finds what an accepted upload leaves', async () => {
  // Uploads are worked off meanwhile, this one too, so it is one that takes a while.
  const uploadAndLook = async () => {
    const chunks = await storedChunks()
    const whole = await send('/admin/users/import', peopleOf(freshMark(), 5000))
    expect(whole.status).toBe(202)
    return (await storedChunks()) - chunks
  }
  await expect.poll(uploadAndLook, { timeout: 20_000 }).toBeGreaterThan(0)
}, 30_000)
