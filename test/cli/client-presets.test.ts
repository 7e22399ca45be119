/** `authly clients create --preset`: what it prints, where it writes, and what it refuses of files and servers. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { parseEnv } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FakeServer, runCli, serveApi } from './fake-server.ts'

const environment = [
  { name: 'AUTHLY_ISSUER', value: 'http://localhost:8787' },
  { name: 'AUTHLY_CLIENT_ID', value: 'app-1' },
  { name: 'AUTHLY_CLIENT_SECRET', value: 'authly_cs_x' },
  { name: 'AUTHLY_SESSION_SECRET', value: null, random_bytes: 32 },
]
const created = {
  ...{ client_id: 'app-1', client_name: 'Shop', client_secret: 'authly_cs_x' },
  redirect_uris: ['http://localhost:3000/auth/callback'],
  setup: {
    ...{ preset: 'web', framework: 'nextjs', env_file: '.env.local', library: '@authly-server/server/next' },
    ...{ notes: ['Worth knowing.'], environment },
  },
}
let answer: { status: number; body: object }
let asked: { request: string; body: string }[]
let server: FakeServer
let folder: string
let file: string

beforeEach(async () => {
  asked = []
  answer = { status: 201, body: created }
  server = await serveApi(async (request, response) => {
    asked.push({ request: `${request.method} ${request.url}`, body: await text(request) })
    response.writeHead(answer.status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(answer.body))
  })
  folder = mkdtempSync(join(tmpdir(), 'authly-env-'))
  file = join(folder, '.env.local')
})
afterEach(() => {
  server.stop()
  rmSync(folder, { recursive: true })
})

const create = (...more: string[]) =>
  runCli(
    server.issuer,
    ...['clients', 'create', '--preset', 'web', '--framework', 'nextjs', '--yes', ...more],
  )
const modeOf = (path: string) => statSync(path).mode & 0o777

describe('to stdout', () => {
  it('go the variables and nothing else, as a file that tools read; the rest goes to stderr', async () => {
    const { code, stdout, stderr } = await create('--client-name', 'Shop')
    expect(code).toBe(0)
    const { AUTHLY_SESSION_SECRET, ...others } = parseEnv(stdout)
    expect(others).toEqual({
      AUTHLY_ISSUER: 'http://localhost:8787',
      AUTHLY_CLIENT_ID: 'app-1',
      AUTHLY_CLIENT_SECRET: 'authly_cs_x',
    })
    expect(Buffer.from(AUTHLY_SESSION_SECRET ?? '', 'base64url')).toHaveLength(32)
    expect(stdout.split('\n').filter((line) => line && !/^(#|\w+=)/.test(line))).toEqual([])
    for (const part of ['app-1', 'http://localhost:3000/auth/callback', 'Worth knowing.', 'server/next']) {
      expect(stderr).toContain(part)
    }
    expect(stderr).not.toContain('authly_cs_x')
  })

  it('go another session secret each time', async () => {
    const [first, second] = [await create(), await create()].map(({ stdout }) => parseEnv(stdout))
    expect(first?.['AUTHLY_SESSION_SECRET']).not.toBe(second?.['AUTHLY_SESSION_SECRET'])
  })

  it('goes the whole answer as JSON, with the secrets filled in', async () => {
    const { stdout } = await create('--output', 'json')
    const shown = JSON.parse(stdout) as typeof created
    expect(shown).toMatchObject({ client_id: 'app-1', setup: { preset: 'web' } })
    expect(shown.setup.environment.every(({ value }) => typeof value === 'string')).toBe(true)
  })

  it.each(['a b', 'a#b', "it's", '[::1]', '"quoted"'])(
    'goes %j so that readers of such files see it',
    async (value) => {
      answer.body = { ...created, setup: { ...created.setup, environment: [{ name: 'AUTHLY_X', value }] } }
      expect(parseEnv((await create()).stdout)['AUTHLY_X']).toBe(value)
    },
  )
})

describe('--write-env', () => {
  it('makes the file, readable by its owner alone, and says nothing of it on stdout', async () => {
    const { code, stdout } = await create('--write-env', file)
    expect([code, stdout]).toEqual([0, ''])
    expect(modeOf(file)).toBe(0o600)
    expect(parseEnv(readFileSync(file, 'utf8'))).toMatchObject({ AUTHLY_CLIENT_SECRET: 'authly_cs_x' })
  })

  it('is refused before anything is sent where the file exists, and nobody can be asked', async () => {
    writeFileSync(file, 'KEPT=1')
    const { code, stderr } = await runCli(
      server.issuer,
      ...['clients', 'create', '--preset', 'web', '--write-env', file],
    )
    expect([code, asked]).toEqual([2, []])
    expect(stderr).toContain('exists')
    expect(readFileSync(file, 'utf8')).toBe('KEPT=1')
  })

  it('adds to a file that exists when told so: nothing in it is replaced, and it is private from then on', async () => {
    writeFileSync(file, 'KEPT=1')
    chmodSync(file, 0o644)
    expect((await create('--write-env', file)).code).toBe(0)
    expect(parseEnv(readFileSync(file, 'utf8'))).toMatchObject({ KEPT: '1', AUTHLY_CLIENT_ID: 'app-1' })
    expect(modeOf(file)).toBe(0o600)
  })

  it.each(['to a file', 'to nothing'])(
    'does not follow a link %s that a repository brought along',
    async (to) => {
      const target = join(folder, 'target')
      if (to === 'to a file') writeFileSync(target, '# mine')
      symlinkSync(target, file)
      const { code } = await create('--write-env', file)
      expect([code, asked]).toEqual([2, []])
      if (to === 'to a file') expect(readFileSync(target, 'utf8')).toBe('# mine')
    },
  )

  it('that cannot be written is refused before anything is sent', async () => {
    const { code, stderr } = await create('--write-env', join(folder, 'no', '.env'))
    expect([code, asked]).toEqual([2, []])
    expect(stderr).toContain('ENOENT')
  })

  it('leaves no file behind when the server refuses', async () => {
    answer = { status: 400, body: { title: 'Not valid', status: 400 } }
    expect((await create('--write-env', file)).code).toBe(1)
    expect(() => statSync(file)).toThrow('ENOENT')
  })

  it('is for presets', async () => {
    const plain = ['clients', 'create', '--client-name', 'Shop', '--write-env', file, '--yes']
    expect([(await runCli(server.issuer, ...plain)).code, asked]).toEqual([2, []])
  })
})

describe('a server', () => {
  it.each([['NODE_OPTIONS'], ['PATH'], ['AUTHLY_X=1\nPATH'], ['authly_x']])(
    'may not name the variable %j',
    async (name) => {
      const setup = { ...created.setup, environment: [{ name, value: '--require ./evil' }] }
      answer.body = { ...created, setup }
      const { code, stdout } = await create()
      expect([code, stdout]).toEqual([1, ''])
    },
  )

  it.each(['$DATABASE_URL', '$'.concat('{DATABASE_URL}')])(
    'may not give a value with %j, where frameworks put secrets of the application',
    async (placeholder) => {
      const value = `https://evil.example/${placeholder}`
      const setup = { ...created.setup, environment: [{ name: 'VITE_AUTHLY_ISSUER', value }] }
      answer.body = { ...created, setup }
      const { code, stdout } = await create()
      expect([code, stdout]).toEqual([1, ''])
    },
  )

  it('cannot add a line by what it says', async () => {
    const setup = { ...created.setup, environment: [{ name: 'AUTHLY_X', value: 'a\nPATH=/evil' }] }
    answer.body = { ...created, client_name: 'Shop\nPATH=/evil', setup }
    expect(parseEnv((await create()).stdout)).not.toHaveProperty('PATH')
  })
})

describe('what is sent', () => {
  const nameSent = async (...more: string[]) => {
    asked = []
    await create(...more)
    return (JSON.parse(asked[0]?.body ?? '') as { client_name: string }).client_name
  }

  it('is the preset, for the server to resolve', async () => {
    await create('--client-name', 'Shop')
    expect(asked.map(({ request }) => request)).toEqual(['POST /admin/clients'])
    expect(JSON.parse(asked[0]?.body ?? '')).toEqual({
      ...{ preset: 'web', framework: 'nextjs', client_name: 'Shop' },
    })
  })

  it('is the name of the application that the file is for, where none was given', async () => {
    expect(await nameSent()).toBe('My nextjs application')
    expect(await nameSent('--write-env', file)).toBe(basename(folder))
    writeFileSync(join(folder, 'package.json'), '{"name": "shop"}')
    expect(await nameSent('--write-env', join(folder, 'other'))).toBe('shop')
  })

  it('is a dry run with --dry-run: no file, no question, and what would be printed', async () => {
    const dry = { ...created, client_secret: undefined, dry_run: { faults: [] } }
    answer = { status: 200, body: dry }
    const { code, stdout } = await create('--write-env', file, '--dry-run')
    expect([code, asked[0]?.request]).toEqual([0, 'POST /admin/clients?dry_run=true'])
    expect(stdout).toContain('AUTHLY_CLIENT_ID=app-1')
    expect(stdout).not.toContain('People')
    expect(() => statSync(file)).toThrow('ENOENT')
  })
})
