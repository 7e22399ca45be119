/** `npm start -- --ephemeral`, as the tests of an application use it: what it says, whom it lets in, and its clock. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { unstable_readConfig } from 'wrangler'
import { regions } from '../../scripts/deploy/regions.ts'
import { buildWorkerWithClock } from '../../scripts/ephemeral/build-worker-with-clock.ts'
import { findFreePort } from '../../scripts/process/free-port.ts'
import { spawnGuarded } from '../../scripts/process/guarded-child.ts'
import { workerdConfig } from '../../scripts/raw-workerd.ts'
import { environmentSchema } from '../../src/config.ts'
import { createRelyingParty } from '../conformance/relying-party.ts'
import type { SeededClient } from '../conformance/seed.ts'
import { signIn } from '../conformance/sign-in.ts'
import { createUserAgent } from '../conformance/user-agent.ts'
import { codeBlocks } from './markdown-code.ts'

type Facts = {
  issuer: string
  users: { id: string; username: string; email: string; password: string }[]
  clients: Record<string, SeededClient>
  admin_client: { client_id: string; client_secret: string }
  inbox_url: string
  clock_url: string
}

const root = join(import.meta.dirname, '../..')
const redirect_uri = 'http://localhost:3000/callback'
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'authly-ephemeral-test-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** As a test runner starts it: a pipe for stdin, one line of JSON from stdout. */
function start(...args: string[]) {
  const child: ChildProcess = spawn('npm', ['start', '--silent', '--', '--ephemeral', ...args], {
    cwd: root,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TMPDIR: process.env['TMPDIR'] },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += String(chunk)
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const line = new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      stdout += String(chunk)
      if (stdout.includes('\n')) resolve(stdout)
    })
    ended.then(() => reject(new Error(`it ended: ${stderr}`)))
  })
  line.catch(() => undefined)
  return { child, line, ended, errors: () => stderr }
}

const seedFile = (content: unknown): string => {
  const path = join(folder, `${crypto.randomUUID()}.json`)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

describe('a server with people and applications of a seed file', () => {
  const api = 'http://localhost:3001'
  const password = 'violet kettle orbit'
  let server: ReturnType<typeof start>
  let facts: Facts
  let heard: string[]
  let application: ReturnType<typeof createServer>
  let isDown = true
  beforeAll(async () => {
    heard = []
    application = createServer((incoming, response) => {
      heard.push(incoming.url ?? '')
      response.writeHead(isDown ? 503 : 200).end()
    })
    await new Promise<void>((ready) => application.listen(0, '127.0.0.1', ready))
    const home = `http://127.0.0.1:${(application.address() as AddressInfo).port}`
    server = start(
      '--json',
      '--seed',
      seedFile({
        resource_servers: [{ resource: api, name: 'Notes' }],
        scopes: [{ name: 'notes:read', description: 'Read your notes', resource: api }],
        clients: [
          {
            ...{ client_id: 'notes', client_name: 'Notes', first_party: true },
            ...{ redirect_uris: [redirect_uri], scope: 'openid profile email offline_access notes:read' },
            ...{ resources: [api], backchannel_logout_uri: `${home}/logout` },
          },
        ],
        users: [
          {
            ...{ username: 'ada', email: 'ada@example.test', email_verified: true, password },
            profile: { name: 'Ada Lovelace' },
          },
        ],
        settings: { 'sessions.absolute_seconds': 86_400 * 3 },
      }),
    )
    facts = JSON.parse(await server.line) as Facts
  })
  afterAll(async () => {
    server?.child.stdin?.end()
    await server?.ended
    application?.close()
  })

  const client = () => ({ ...(facts.clients['notes'] as SeededClient), redirect_uri })
  const rp = () => createRelyingParty(facts.issuer)
  const user = () => facts.users[0] as Facts['users'][number]
  const now = async () => Date.parse(((await (await fetch(facts.clock_url)).json()) as { now: string }).now)
  const advance = (advance_seconds: number) =>
    fetch(facts.clock_url, { method: 'POST', body: JSON.stringify({ advance_seconds }) })

  /** @returns tokens, and the browser in which ada is signed in */
  async function signedIn() {
    const agent = createUserAgent()
    const url = rp().authorizeUrl(client(), { scope: 'openid offline_access notes:read', resource: api })
    const callback = await signIn(agent, url, redirect_uri, { user: user() })
    const answer = await rp().redeem(client(), callback.searchParams.get('code') as string)
    expect(answer.status, answer.text).toBe(200)
    return { agent, tokens: answer.json as { access_token: string; refresh_token: string; id_token: string } }
  }

  it('says who can sign in, with which password, and with which application; a real sign-in works', async () => {
    expect(facts.users).toEqual([
      { id: expect.any(String), username: 'ada', email: 'ada@example.test', password },
    ])
    expect(Object.keys(facts.clients).sort()).toEqual(['demo-service', 'demo-spa', 'demo-web', 'notes'])
    const { tokens } = await signedIn()
    const [, payload = ''] = tokens.access_token.split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
    expect(claims).toMatchObject({
      sub: user().id,
      iss: facts.issuer,
      scope: expect.stringContaining('notes:read'),
    })
  })

  it('has an administrator for programs, with every permission', async () => {
    expect((await invite('grace@example.test', 3600)).startsWith(facts.issuer)).toBe(true)
  })

  /** @returns the link that arrives in the inbox */
  async function invite(email: string, expires_in_seconds: number): Promise<string> {
    const { client_id, client_secret } = facts.admin_client
    const answer = await fetch(`${facts.issuer}/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${client_id}:${client_secret}`)}` },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        scope: 'admin:users:read admin:users:write',
      }),
    })
    const { access_token } = (await answer.json()) as { access_token: string }
    const headers = { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' }
    const created = await fetch(`${facts.issuer}/admin/users`, {
      ...{ method: 'POST', headers },
      body: JSON.stringify({
        email,
        setup: { method: 'invitation', expires_in_seconds, send: true },
      }),
    })
    expect(created.status, await created.clone().text()).toBe(201)
    return vi.waitFor(
      async () => {
        const messages = (await (await fetch(`${facts.inbox_url}messages.json`)).json()) as {
          to: string
          links: string[]
        }[]
        const [link] = messages.find(({ to }) => to === email)?.links ?? []
        if (link === undefined) throw new Error('nothing has arrived')
        return link
      },
      { timeout: 20_000, interval: 100 },
    )
  }

  describe('its clock', () => {
    it('makes tokens and sessions expire: an access token, then a session with its refresh tokens', async () => {
      const { agent, tokens } = await signedIn()
      const isActive = async () => (await rp().introspect(client(), tokens.access_token)).json?.['active']
      expect(await isActive()).toBe(true)
      const before = await now()
      expect((await advance(2 * 3600)).status).toBe(200)
      expect((await now()) - before).toBeGreaterThanOrEqual(2 * 3600 * 1000)
      expect(await isActive()).toBe(false)
      const inSession = await rp().authorize(client(), { prompt: 'none' }, agent)
      expect(inSession.location?.searchParams.get('code')).toBeTruthy()
      await advance(86_400 * 4)
      const after = await rp().authorize(client(), { prompt: 'none' }, agent)
      expect(after.location?.searchParams.get('error')).toBe('login_required')
      // Tokens made now are of now.
      const again = await signedIn()
      const [, payload = ''] = again.tokens.access_token.split('.')
      const { iat } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { iat: number }
      expect(Math.abs(iat * 1000 - (await now()))).toBeLessThan(60_000)
      expect(iat * 1000 - Date.now()).toBeGreaterThan(86_400_000 * 4)
    })

    it('is that of Postgres too: a link to set a password, whose time it decides, expires', async () => {
      const link = await invite('lin@example.test', 7200)
      const open = async () => (await createUserAgent().open(link, () => false)).text
      const form = /Choose how you sign in to it/
      expect(await open()).toMatch(form)
      await advance(7300)
      expect(await open()).not.toMatch(form)
    })

    it('rings what Durable Objects wait for: a logout that the application missed is told again', async () => {
      const { agent, tokens } = await signedIn()
      await agent.open(`${facts.issuer}/oidc/logout?id_token_hint=${tokens.id_token}`, () => false)
      await vi.waitFor(() => expect(heard.length).toBeGreaterThan(0), { timeout: 20_000, interval: 50 })
      isDown = false
      const before = heard.length
      expect((await advance(3600)).status).toBe(200)
      expect(heard.length).toBeGreaterThan(before)
    })

    it('goes forward only, by a number, and says so', async () => {
      for (const body of [
        '{"advance_seconds":-1}',
        '{"advance_seconds":"60"}',
        '{}',
        'no',
        '{"advance_seconds":1e12}',
      ]) {
        const before = await now()
        const answer = await fetch(facts.clock_url, { method: 'POST', body })
        expect([body, answer.status]).toEqual([body, 400])
        expect(await answer.text()).toContain('forward only')
        expect((await now()) - before).toBeLessThan(60_000)
      }
    })

    /** A request with headers that `fetch` would not let anybody set. */
    const ask = (path: string, headers: Record<string, string>) =>
      new Promise<number>((resolve, reject) => {
        const { port } = new URL(facts.clock_url)
        const asked = request({ host: '127.0.0.1', port, path, method: 'POST', headers }, (answer) => {
          answer.resume()
          resolve(answer.statusCode ?? 0)
        })
        asked.on('error', reject)
        asked.end('{"advance_seconds":86400}')
      })

    it('is moved by nobody without its password, by no web page, and by no other name of this host', async () => {
      const { host, pathname, origin } = new URL(facts.clock_url)
      const before = await now()
      expect(await ask('/', { host })).toBe(404)
      expect(await ask(`/${'A'.repeat(43)}/`, { host })).toBe(404)
      expect(await ask(pathname, { host: 'rebound.example' })).toBe(421)
      expect(await ask(pathname, { host, origin: 'http://localhost:3000' })).toBe(403)
      expect(await ask(pathname, { host, origin: 'null' })).toBe(403)
      // Nor at the worker itself, which looks as if there were nothing.
      const direct = `${facts.issuer}/.ephemeral/clock`
      const body = '{"advance_ms":86400000}'
      expect((await fetch(direct, { method: 'POST', body })).status).toBe(404)
      const guessed = { authorization: `Bearer ${'A'.repeat(43)}` }
      expect((await fetch(direct, { method: 'POST', body, headers: guessed })).status).toBe(404)
      expect((await now()) - before).toBeLessThan(60_000)
      expect(await ask(pathname, { host, origin })).toBe(200)
    })
  })

  it('writes nothing into the clone', () => {
    const status = execFileSync('git', ['status', '--short', '--ignored', '.authly', '.dev.vars'], {
      cwd: root,
    })
    expect(status.toString()).not.toContain(facts.issuer)
    for (const file of ['.authly/dev.json', '.dev.vars']) {
      const text = (() => {
        try {
          return readFileSync(join(root, file), 'utf8')
        } catch {
          return ''
        }
      })()
      expect(text).not.toContain(facts.issuer)
    }
  })

  it('ends with its parent, and leaves nobody listening', async () => {
    server.child.stdin?.end()
    expect(await server.ended).toBe(0)
    for (const url of [facts.issuer, facts.clock_url, facts.inbox_url]) {
      await expect(fetch(url)).rejects.toThrow()
    }
  })
})

describe('without a seed file', () => {
  it('has two people with passwords of their own, said to people too, on the port that was asked for', async () => {
    const port = await findFreePort()
    const server = start('--port', String(port))
    let text = ''
    server.child.stdout?.on('data', (chunk: Buffer) => {
      text += String(chunk)
    })
    await server.line
    await vi.waitFor(() => expect(text).toContain('Stop with Ctrl-C'), { timeout: 5000 })
    expect(text).toContain(`http://localhost:${port}`)
    expect(text).toMatch(/Person {4}ada {2}\S{16}\n/)
    expect(text).toMatch(/Person {4}grace {2}\S{16}\n/)
    server.child.stdin?.end()
    expect(await server.ended).toBe(0)
  })
})

describe('docs/guide/testing.md', () => {
  const guide = codeBlocks('testing.md', readFileSync(join(root, 'docs/guide/testing.md'), 'utf8'))
  const blockOf = (language: string, part: string) =>
    guide.find((block) => block.language === language && block.text.includes(part))?.text ?? ''

  it('shows a seed file that the server takes, and a global setup that starts and ends it', async () => {
    const module = join(folder, 'start-authly.ts')
    writeFileSync(module, blockOf('ts', 'startAuthly'))
    const { startAuthly } = (await import(/* @vite-ignore */ pathToFileURL(module).href)) as {
      startAuthly(clone: string, seedFile: string): Promise<{ authly: Facts; stop(): Promise<unknown> }>
    }
    const { authly, stop } = await startAuthly(root, seedFile(blockOf('json', '"clients"')))
    try {
      expect(authly.clients['notes']).toMatchObject({ redirect_uris: ['http://localhost:5173/callback'] })
      expect(authly.users).toEqual([expect.objectContaining({ username: 'ada' })])
      // The command for the clock, as a shell runs it.
      const command = blockOf('sh', '$CLOCK_URL')
      const answer = execFileSync('sh', ['-c', command], {
        env: { ...process.env, CLOCK_URL: authly.clock_url },
      })
      const { now } = JSON.parse(String(answer)) as { now: string }
      expect(Date.parse(now) - Date.now()).toBeGreaterThan(6.9 * 86_400_000)
    } finally {
      await stop()
    }
    await expect(fetch(authly.issuer)).rejects.toThrow()
  })
})

describe('is refused with a reason and without a stack', () => {
  const cases: [string, string[], RegExp][] = [
    ['an option that there is not', ['--clock'], /Unknown option '--clock'.*\n.*--help/],
    ['a port that is none', ['--port', 'x'], /PORT is "x"/],
    ['a seed file that is not there', ['--seed', '/nowhere.json'], /seed file \/nowhere\.json: ENOENT/],
  ]
  it.each(cases)('%s', async (_, args, message) => {
    const { ended, errors } = start(...args)
    expect(await ended).toBe(1)
    expect(errors()).toMatch(message)
    expect(errors()).not.toMatch(/\n\s+at /)
  })

  const seeds: [string, unknown, RegExp][] = [
    ['what is no JSON', '{', /seed file .*JSON/],
    ['a list that there is not', { people: [] }, /has "people"/],
    ['people that are no list', { users: {} }, /users is no list/],
    ['a setting that there is not', { settings: { 'sign_in.fun': true } }, /no setting "sign_in\.fun"/],
    [
      'a setting of another type',
      { settings: { 'sessions.absolute_seconds': 'long' } },
      /sessions\.absolute_seconds/,
    ],
  ]
  it.each(seeds)('a seed with %s', async (_, content, message) => {
    const { ended, errors } = start('--seed', seedFile(content))
    expect(await ended).toBe(1)
    expect(errors()).toMatch(message)
  })

  it('a seed that the admin API refuses: in its words, without the password, and nothing stays', async () => {
    const password = 'ada'
    const { ended, errors } = start('--seed', seedFile({ users: [{ username: 'ada', password }] }))
    expect(await ended).toBe(1)
    expect(errors()).toMatch(/POST \/admin\/users refused.*\n.*"username":"ada".*\n.*\/setup\/password/)
    expect(errors()).not.toContain('"password":"ada"')
  })
})

describe('nothing that is deployed has a clock to move', () => {
  const secretWords = /EPHEMERAL_CLOCK_KEY|\.ephemeral\/clock|advance_ms|resetAlarm|a clock moves forward/

  it('not the bundle, whichever module is loaded (the words are those of the build that has one)', async () => {
    const textOf = (path: string) =>
      readdirSync(path)
        .filter((name) => name.endsWith('.js'))
        .map((name) => readFileSync(join(path, name), 'utf8'))
        .join('\n')
    const deployed = join(folder, 'deployed')
    execFileSync(process.execPath, [join(root, 'scripts/stack/build-worker.mjs'), deployed])
    // Not compared by `toMatch`, which would print megabytes.
    expect(secretWords.test(textOf(deployed))).toBe(false)
    expect(secretWords.test(textOf((await buildWorkerWithClock(folder)).folder))).toBe(true)
  })

  it('not the configuration of any region, and no variable that the worker reads', () => {
    for (const env of ['', ...regions]) {
      const config = unstable_readConfig({ config: join(root, 'wrangler.toml'), env }, { hideWarnings: true })
      expect(config.main).toBe(join(root, 'dist/worker/worker.js'))
      expect(config.build.command).toMatch(/ node scripts\/stack\/build-worker\.mjs$/)
      expect(JSON.stringify({ ...config, configPath: '', userConfigPath: '' })).not.toMatch(secretWords)
    }
    expect(Object.keys(environmentSchema.shape).join()).not.toMatch(secretWords)
  })

  it('and the build that has one serves no issuer but one on loopback, even with the key', async () => {
    const bundle = await buildWorkerWithClock(folder)
    const port = await findFreePort()
    const key = 'k'.repeat(43)
    const vars = { AUTHLY_ISSUER: 'https://auth.example.org', EPHEMERAL_CLOCK_KEY: key }
    const objectsFolder = join(folder, 'objects')
    mkdirSync(objectsFolder)
    const config = join(bundle.folder, 'workerd.capnp')
    writeFileSync(config, workerdConfig({ bundle, vars, objectsFolder }, port))
    const workerd = createRequire(createRequire(import.meta.url).resolve('wrangler/package.json')).resolve(
      'workerd/bin/workerd',
    )
    const child = await spawnGuarded(workerd, ['serve', config], { cwd: bundle.folder, stdio: 'ignore' })
    try {
      for (const path of ['/.ephemeral/clock', '/.well-known/openid-configuration', '/login']) {
        const answer = await vi.waitFor(
          () => fetch(`http://127.0.0.1:${port}${path}`, { headers: { authorization: `Bearer ${key}` } }),
          { timeout: 30_000, interval: 100 },
        )
        expect([path, answer.status, await answer.text()]).toEqual([
          ...[path, 500, 'This build is for tests on one machine.'],
        ])
      }
    } finally {
      await child.stop('SIGKILL')
    }
  })
})
