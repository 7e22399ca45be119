/** `npm start` as a person meets it: the first start, the second, the ways it can fail, and its end. */
import { chmodSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findFreePort } from '../../scripts/process/free-port.ts'
import type { DevFacts } from '../../scripts/stack/dev-facts.ts'
import { makeClone, type NpmRun, portsListenedOnIn, pressCtrlC, processesIn, runNpm } from './clone.ts'

let clone: ReturnType<typeof makeClone>
let port: number
let demoPort: number
let issuer: string
const runs: NpmRun[] = []

const start = (env: NodeJS.ProcessEnv = {}, args = ['start']) => {
  const run = runNpm(clone.folder, args, {
    ...{ PORT: String(port), DEMO_PORT: String(demoPort) },
    AUTHLY_TEST_MARK: clone.folder,
    ...env,
  })
  runs.push(run)
  return run
}
/** As a person does in another terminal. */
const startWrangler = () => {
  const run = runNpm(clone.folder, ['exec', '--call', `wrangler dev --port ${port}`], {
    AUTHLY_TEST_MARK: clone.folder,
    WRANGLER_SEND_METRICS: 'false',
  })
  runs.push(run)
  return run
}
const readFacts = (): DevFacts => JSON.parse(readFileSync(join(clone.folder, '.authly/dev.json'), 'utf8'))
const modeOf = (file: string) => statSync(join(clone.folder, file)).mode & 0o777

beforeAll(async () => {
  clone = makeClone()
  chmodSync(clone.folder, 0o755)
  port = await findFreePort()
  demoPort = await findFreePort()
  issuer = `http://localhost:${port}`
})
afterAll(async () => {
  for (const run of runs) {
    if (run.process.exitCode === null && run.process.signalCode === null) pressCtrlC(run)
  }
  await Promise.all(runs.map((run) => run.exited))
  clone?.remove()
})

describe('before anything is started', () => {
  const failures: [what: string, env: NodeJS.ProcessEnv, message: string, remedy: string][] = [
    ['a PORT that is none', { PORT: 'abc' }, 'PORT is "abc"', 'PORT=9000 npm start'],
    ['a DEMO_PORT that is none', { DEMO_PORT: '0' }, 'DEMO_PORT is "0"', 'DEMO_PORT=9000 npm start'],
    [
      'a DATABASE_URL that is none',
      { DATABASE_URL: 'nonsense' },
      'not a Postgres connection URL',
      'Unset it',
    ],
    [
      'a database that does not answer',
      {
        DATABASE_OWNER_URL: 'postgresql://u:secret@127.0.0.1:1/d',
        DATABASE_URL: 'postgresql://w:secret@127.0.0.1:1/d',
      },
      'Nothing listens',
      'Check DATABASE_OWNER_URL',
    ],
  ]
  it.each(failures)('explains %s, with the remedy and no stack trace', async (_, env, message, remedy) => {
    const run = start(env)
    expect(await run.exited).toBe(1)
    expect(run.output()).toContain(message)
    expect(run.output()).toContain(remedy)
    expect(run.output()).not.toMatch(/\n\s+at |secret/)
    expect(processesIn(clone.folder)).toEqual([])
  })

  it('explains a port in use and names another', async () => {
    const squatter = createServer()
    await new Promise<void>((resolve) => squatter.listen(port, '127.0.0.1', resolve))
    const run = start()
    expect(await run.exited).toBe(1)
    expect(run.output()).toContain(`Port ${port} is already in use`)
    expect(run.output()).toContain(`PORT=${port + 3} DEMO_PORT=${port + 4} npm start`)
    await new Promise((resolve) => squatter.close(resolve))
  })
})

describe('wrangler dev alone', () => {
  it('says what is missing and how to get it, before and at every request', async () => {
    const run = startWrangler()
    await run.printed('Ready on')
    expect(run.output()).toMatch(/no \.dev\.vars.*\n.*npm run db/)
    for (const path of ['/.well-known/openid-configuration', '/login', '/account']) {
      const response = await fetch(`${issuer}${path}`)
      expect(response.status, path).toBe(500)
      expect(await response.text(), path).toContain('npm run db')
    }
    await run.printed('DATABASE_URL')
    expect(run.output()).toMatch(/AUTHLY_ISSUER is missing/)
    pressCtrlC(run)
    await run.exited
  })
})

describe('the first start', () => {
  let run: NpmRun
  beforeAll(async () => {
    run = start()
    await run.printed('Stop with Ctrl-C')
  })

  it('prints issuer, sign-in page, the one-time password and a command that gets a first token', async () => {
    const facts = readFacts()
    const output = run.output()
    expect(output).toContain(`Issuer    ${issuer}`)
    expect(output).toContain(`${issuer}/account`)
    expect(output).toContain(`Inbox     ${facts.inbox_url}`)
    expect(output).toContain(facts.admin?.password as string)
    const command = /curl .*/.exec(output)?.[0] ?? ''
    const [, user] = /-u '([^']+)'/.exec(command) ?? []
    const response = await fetch(command.split(' ').at(-1) as string, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(user as string).toString('base64')}` },
      body: new URLSearchParams(
        [...command.matchAll(/-d (\S+)=(\S+)/g)].map(([, name, value]) => [name, value] as [string, string]),
      ),
    })
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ token_type: 'Bearer', scope: 'demo:read' })
  })

  it('serves the demo application, on loopback alone, and says who signs in to it', async () => {
    const { demo_person } = readFacts()
    const origin = `http://localhost:${demoPort}`
    expect(run.output()).toContain(`Demo      ${origin}`)
    expect(run.output()).toContain('as ada (password: .authly/dev.json)')
    expect(run.output()).not.toContain(demo_person?.password)
    const page = await fetch(origin)
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('Authly demo')])
    const script = await (await fetch(`${origin}/app.js`)).text()
    expect(script).toContain(issuer)
    expect((await fetch(`${origin}/api/notes`)).status).toBe(401)
    const metadata = await fetch(`${origin}/.well-known/oauth-protected-resource/api`)
    expect(await metadata.json()).toMatchObject({ authorization_servers: [issuer] })
  })

  it('writes the same facts for scripts, readable by their owner only', () => {
    expect(readFacts()).toMatchObject({
      issuer,
      admin: { username: 'admin', email: 'admin@authly.local', password: expect.any(String) },
      clients: {
        'demo-service': { client_id: 'demo-service', client_secret: expect.stringMatching(/^authly_cs_/) },
        'demo-web': { redirect_uris: ['http://127.0.0.1:8788/callback', 'http://localhost:8788/callback'] },
        'demo-spa': { client_id: 'demo-spa' },
      },
      database_url: expect.stringMatching(/^postgresql:\/\/authly_worker:/),
      database_owner_url: expect.stringMatching(/^postgresql:\/\/authly:/),
      database_gateway_url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:/),
    })
    for (const file of ['.authly/dev.json', '.authly/postgres.json', '.authly/root-secret', '.dev.vars']) {
      expect(modeOf(file), file).toBe(0o600)
    }
  })

  describe('shows no state to other programs and to pages of other local servers', () => {
    const page = { origin: 'http://localhost:3000', 'content-type': 'application/json' }
    /** What the tools below the worker serve: of objects, the debugger, files, logs. */
    const toolPaths = [
      '/cdn-cgi/local/explorer',
      '/cdn-cgi/local/explorer/api/workers',
      '/cdn-cgi/local/explorer/api/workers/durable_objects/namespaces',
      '/cdn-cgi/explorer/api/workers/durable_objects/namespaces',
      '/cdn-cgi/local/r2/public/authly-files/audit',
      '/cdn-cgi/local/r2/s3/authly-files',
      '/cdn-cgi/local/platform-proxy',
      '/json',
      '/json/list',
      '/json/version',
      '/core/error',
    ]
    const knock = async (url: string, init: RequestInit): Promise<string> => {
      try {
        const response = await fetch(url, { ...init, signal: AbortSignal.timeout(5_000) })
        return `${response.status} ${await response.text()}`
      } catch {
        return 'no answer'
      }
    }

    it('on any port that it opened', async () => {
      const ports = portsListenedOnIn(clone.folder)
      expect(ports).toContain(port)
      for (const each of ports) {
        for (const path of toolPaths) {
          for (const init of [{}, { headers: page }, { method: 'POST', headers: page, body: '{}' }]) {
            const answer = await knock(`http://127.0.0.1:${each}${path}`, init)
            expect(answer, `${each}${path}`).not.toMatch(/^2|webSocketDebuggerUrl|Durable|bucket/i)
          }
        }
      }
    })

    it('and leaves no debugger of the worker listening (Chrome DevTools protocol)', async () => {
      for (const each of portsListenedOnIn(clone.folder)) {
        const opened = await new Promise<boolean>((resolve) => {
          const socket = new WebSocket(`ws://127.0.0.1:${each}/ws`)
          socket.addEventListener('open', () => resolve(true))
          socket.addEventListener('error', () => resolve(false))
        })
        expect(opened, String(each)).toBe(false)
      }
    })

    it('nor the database without its password', async () => {
      const gateway = readFacts().database_gateway_url as string
      const body = JSON.stringify({ query: 'select 1', params: [] })
      expect(await knock(`${gateway}/sql`, { method: 'POST', body })).toMatch(/^4/)
      const url = new URL(readFacts().database_url)
      url.password = 'guessed'
      const headers = { 'neon-connection-string': url.href }
      expect(await knock(`${gateway}/sql`, { method: 'POST', headers, body })).toMatch(/^4/)
      // DNS rebinding and cross-site requests, with the right password even.
      headers['neon-connection-string'] = readFacts().database_url
      expect(await knock(`${gateway}/sql`, { method: 'POST', headers, body })).toMatch(/^200/)
      expect(
        await knock(`${gateway}/sql`, { method: 'POST', headers: { ...page, ...headers }, body }),
      ).toMatch(/^403/)
    })
  })

  it('has an inbox, and a worker that sends to it', async () => {
    const { inbox_url } = readFacts()
    const vars = readFileSync(join(clone.folder, '.dev.vars'), 'utf8')
    const url = /^AUTHLY_MESSAGE_PROVIDER_URL="(.+)"$/m.exec(vars)?.[1] as string
    const key = /^AUTHLY_RESEND_API_KEY="(.+)"$/m.exec(vars)?.[1] as string
    const sent = await fetch(`${url}emails`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ from: 'a@b.test', to: ['ada@example.com'], subject: 'Hello there', text: 'x' }),
    })
    expect(sent.status).toBe(200)
    expect(await (await fetch(inbox_url as string)).text()).toContain('Hello there')
    const ready = await (await fetch(`${issuer}/health/ready`)).json()
    expect(ready).toMatchObject({ components: { messages: { status: 'ok' } } })
  })

  it('lets no second instance start in the same clone', async () => {
    const second = start({ PORT: String(await findFreePort()) })
    expect(await second.exited).toBe(1)
    expect(second.output()).toMatch(/Another instance is already running.*process \d+/)
  })

  it('ends all children on Ctrl-C', async () => {
    pressCtrlC(run)
    expect(await run.exited).toBe(130)
    expect(processesIn(clone.folder)).toEqual([])
  })
})

describe('the second start', () => {
  it('keeps data and secrets, prints none of them, and ends with its parent', async () => {
    const before = readFacts()
    const run = start()
    const output = await run.printed('Stop with Ctrl-C')
    expect(readFacts()).toEqual(before)
    const secrets = [
      before.admin?.password,
      ...Object.values(before.clients).map((client) => client.client_secret),
    ]
    for (const secret of secrets.filter((value) => value !== undefined)) expect(output).not.toContain(secret)
    expect(output).not.toMatch(/curl|one-time password/)
    expect(output).toContain('as admin')
    expect(output).toContain('as ada (password: .authly/dev.json)')
    expect((await fetch(`${issuer}/.well-known/openid-configuration`)).status).toBe(200)

    run.process.kill('SIGKILL')
    await expect.poll(() => processesIn(clone.folder), { timeout: 20_000 }).toEqual([])
  })
})

describe('npm run db', () => {
  it('writes what `wrangler dev` needs and keeps the lines the developer added', async () => {
    const file = join(clone.folder, '.dev.vars')
    const secretBefore = /AUTHLY_ROOT_SECRET="?([\w-]{43})/.exec(readFileSync(file, 'utf8'))?.[1]
    const { appendFileSync } = await import('node:fs')
    appendFileSync(file, 'AUTHLY_REGION=mine\n')
    const run = start({}, ['run', 'db'])
    await run.printed('Stop with Ctrl-C')
    const text = readFileSync(file, 'utf8')
    expect(text).toMatch(/^AUTHLY_REGION=mine$/m)
    expect(text).toContain(`AUTHLY_ROOT_SECRET="${secretBefore}"`)
    expect(text).toContain(`AUTHLY_ISSUER="${issuer}"`)
    expect(text.match(/^DATABASE_URL=/gm)).toHaveLength(1)

    const worker = startWrangler()
    await worker.printed('Ready on')
    expect((await fetch(`${issuer}/.well-known/openid-configuration`)).status).toBe(200)
    // Off by the .env of the project: whoever starts wrangler by hand knows nothing of it.
    expect((await fetch(`${issuer}/cdn-cgi/local/explorer/api/workers`)).status).toBe(404)
    pressCtrlC(worker)
    await worker.exited

    pressCtrlC(run)
    expect(await run.exited).toBe(130)
    expect(processesIn(clone.folder)).toEqual([])
  })
})
