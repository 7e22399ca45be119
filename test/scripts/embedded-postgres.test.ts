/** The embedded Postgres: data survives stops, crashes and odd folders; nothing survives us. */
import { spawn } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, describe, expect, it } from 'vitest'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../scripts/database/embedded-postgres.ts'
import { isProcessAlive } from '../../scripts/process/process-identity.ts'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

function makeStateFolder(mode = 0o711): string {
  const parent = mkdtempSync(join(tmpdir(), 'authly-test-'))
  undo.push(() => rmSync(parent, { recursive: true, force: true }))
  const stateFolder = join(parent, '.authly')
  mkdirSync(stateFolder)
  chmodSync(parent, mode)
  return stateFolder
}

async function start(stateFolder: string): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ stateFolder })
  undo.push(() => postgres.dispose())
  return postgres
}

async function query(postgres: { ownerUrl: string }, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(postgres.ownerUrl)
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

const homeOf = (stateFolder: string): string =>
  JSON.parse(readFileSync(join(stateFolder, 'postgres.json'), 'utf8')).home
const pidOf = (stateFolder: string) =>
  Number.parseInt(readFileSync(join(homeOf(stateFolder), 'data', 'postmaster.pid'), 'utf8'), 10)

describe('a persistent cluster', () => {
  it('keeps data, port and password over a stop', async () => {
    const stateFolder = makeStateFolder()
    const first = await start(stateFolder)
    expect(first.isNew).toBe(true)
    await query(first, 'CREATE TABLE kept (v int); INSERT INTO kept VALUES (1)')
    await first.dispose()
    const second = await start(stateFolder)
    expect(second).toMatchObject({ isNew: false, ownerUrl: first.ownerUrl, databaseUrl: first.databaseUrl })
    expect(await query(second, 'SELECT v FROM kept')).toEqual([{ v: 1 }])
  })

  it('works with UTF-8, a role that is no superuser, and fsync on', async () => {
    const postgres = await start(makeStateFolder())
    expect(
      await query(
        postgres,
        `SELECT current_setting('server_encoding') AS encoding, lower('ÄÉ') AS lower, current_setting('fsync') AS fsync,
                rolsuper AS super FROM pg_roles WHERE rolname = current_user`,
      ),
    ).toEqual([{ encoding: 'UTF8', lower: 'äé', fsync: 'on', super: false }])
  })

  it('keeps its passwords in a file that only its owner reads', async () => {
    const stateFolder = makeStateFolder()
    await start(stateFolder)
    expect(statSync(join(stateFolder, 'postgres.json')).mode & 0o777).toBe(0o600)
    expect(statSync(join(homeOf(stateFolder), 'data')).mode & 0o777).toBe(0o700)
  })

  it('recovers what was committed when Postgres was killed', async () => {
    const stateFolder = makeStateFolder()
    const first = await start(stateFolder)
    const crashed = new Promise<void>((resolve) => first.onCrash(resolve))
    await query(first, 'CREATE TABLE kept AS SELECT 7 AS v')
    process.kill(pidOf(stateFolder), 'SIGKILL')
    await crashed
    expect(await query(await start(stateFolder), 'SELECT v FROM kept')).toEqual([{ v: 7 }])
  })

  it('starts although postmaster.pid names a living process that is not Postgres', async () => {
    const stateFolder = makeStateFolder()
    const first = await start(stateFolder)
    const file = join(homeOf(stateFolder), 'data', 'postmaster.pid')
    const text = readFileSync(file, 'utf8')
    await first.dispose()
    const stranger = spawn('sleep', ['60'])
    undo.push(() => stranger.kill())
    writeFileSync(file, text.replace(/^\d+/, String(stranger.pid)))
    await start(stateFolder)
    expect(stranger.exitCode).toBe(null)
  })

  it('moves to another port when its own is taken, and keeps the data', async () => {
    const stateFolder = makeStateFolder()
    const first = await start(stateFolder)
    await query(first, 'CREATE TABLE kept AS SELECT 9 AS v')
    await first.dispose()
    const { createServer } = await import('node:net')
    const squatter = createServer()
    await new Promise<void>((resolve) => squatter.listen(first.port, '127.0.0.1', resolve))
    undo.push(() => squatter.close())
    const second = await start(stateFolder)
    expect(second.port).not.toBe(first.port)
    expect(await query(second, 'SELECT v FROM kept')).toEqual([{ v: 9 }])
  })

  it('works below a folder that only its owner may enter, also for root', async () => {
    const stateFolder = makeStateFolder(0o700)
    const first = await start(stateFolder)
    const home = homeOf(stateFolder)
    if (!home.startsWith(stateFolder)) undo.unshift(() => rmSync(home, { recursive: true, force: true }))
    await query(first, 'CREATE TABLE kept AS SELECT 5 AS v')
    await first.dispose()
    expect(await query(await start(stateFolder), 'SELECT v FROM kept')).toEqual([{ v: 5 }])
  })

  it('says what to do when the password file is lost', async () => {
    const stateFolder = makeStateFolder()
    await (await start(stateFolder)).dispose()
    rmSync(join(stateFolder, 'postgres.json'))
    await expect(startEmbeddedPostgres({ stateFolder })).rejects.toMatchObject({
      name: 'OperatorError',
      remedy: expect.stringContaining('.authly'),
    })
  })
})

describe('the end of the process that started it', () => {
  it('ends Postgres even when that process is killed', async () => {
    const stateFolder = makeStateFolder()
    const module = join(import.meta.dirname, '../../scripts/database/embedded-postgres.ts')
    const code = `import { startEmbeddedPostgres } from ${JSON.stringify(module)}
      await startEmbeddedPostgres({ stateFolder: ${JSON.stringify(stateFolder)} })
      console.log('up')`
    const starter = spawn(process.execPath, ['--input-type=module', '-e', code])
    await new Promise((resolve) => starter.stdout.once('data', resolve))
    const pid = pidOf(stateFolder)
    expect(isProcessAlive(pid)).toBe(true)
    starter.kill('SIGKILL')
    await expect.poll(() => isProcessAlive(pid), { timeout: 10_000 }).toBe(false)
  })

  it('removes temporary data', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'authly-test-'))
    chmodSync(folder, 0o711)
    const before = process.env['TMPDIR']
    undo.push(() => {
      if (before === undefined) delete process.env['TMPDIR']
      else process.env['TMPDIR'] = before
      rmSync(folder, { recursive: true, force: true })
    })
    process.env['TMPDIR'] = folder
    const postgres = await startEmbeddedPostgres({ ephemeral: true })
    expect(readdirSync(folder)).toHaveLength(1)
    await postgres.dispose()
    expect(readdirSync(folder)).toEqual([])
  })
})
