/** `npm start` as a person meets it: the first start, the second, the ways it can fail, and its end. */
import { chmodSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findFreePort } from '../../scripts/process/free-port.ts'
import type { DevFacts } from '../../scripts/stack/dev-facts.ts'
import { makeClone, type NpmRun, pressCtrlC, processesIn, runNpm } from './clone.ts'

let clone: ReturnType<typeof makeClone>
let port: number
let issuer: string
const runs: NpmRun[] = []

const start = (env: NodeJS.ProcessEnv = {}, args = ['start']) => {
  const run = runNpm(clone.folder, args, { PORT: String(port), AUTHLY_TEST_MARK: clone.folder, ...env })
  runs.push(run)
  return run
}
const readFacts = (): DevFacts => JSON.parse(readFileSync(join(clone.folder, '.authly/dev.json'), 'utf8'))
const modeOf = (file: string) => statSync(join(clone.folder, file)).mode & 0o777

beforeAll(async () => {
  clone = makeClone()
  chmodSync(clone.folder, 0o755)
  port = await findFreePort()
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
    [
      'a DATABASE_URL that is none',
      { DATABASE_URL: 'nonsense' },
      'not a Postgres connection URL',
      'Unset it',
    ],
    [
      'a database that does not answer',
      { DATABASE_URL: 'postgresql://u:secret@127.0.0.1:1/d' },
      'Nothing listens',
      'Check DATABASE_URL',
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
    expect(run.output()).toContain(`PORT=${port + 1} npm start`)
    await new Promise((resolve) => squatter.close(resolve))
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

  it('writes the same facts for scripts, readable by their owner only', () => {
    expect(readFacts()).toMatchObject({
      issuer,
      admin: { username: 'admin', email: 'admin@authly.local', password: expect.any(String) },
      clients: {
        'demo-service': { client_id: 'demo-service', client_secret: expect.stringMatching(/^authly_cs_/) },
        'demo-web': { redirect_uris: ['http://127.0.0.1:8788/callback', 'http://localhost:8788/callback'] },
        'demo-spa': { client_id: 'demo-spa' },
      },
      database_url: expect.stringMatching(/^postgresql:/),
      database_gateway_url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:/),
    })
    for (const file of ['.authly/dev.json', '.authly/postgres.json', '.authly/root-secret', '.dev.vars']) {
      expect(modeOf(file), file).toBe(0o600)
    }
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
    expect(output).not.toMatch(/curl|password/)
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
    pressCtrlC(run)
    expect(await run.exited).toBe(130)
    expect(processesIn(clone.folder)).toEqual([])
  })
})
