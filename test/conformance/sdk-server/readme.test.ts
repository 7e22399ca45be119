/** The README's programs, run as they stand there, each with the environment that it names. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { findFreePort } from '../../../scripts/process/free-port.ts'
import { spawnGuarded } from '../../../scripts/process/guarded-child.ts'
import { waitUntilServing } from '../../../scripts/process/wait-until.ts'
import { projectRoot } from '../../../scripts/stack/worker-bundle.ts'
import { environment, type Start, startWorkerOf } from './applications.ts'
import type { Served } from './serve.ts'
import { visit } from './visit.ts'

const readme = readFileSync(join(projectRoot, 'sdk/js/server/README.md'), 'utf8')
/** Inside the project, so that the packages are found by their names. */
const folder = join(projectRoot, '.authly/readme-of-sdk-server')

/** The code block that begins with the file's name. */
function blockOf(name: string): string {
  const blocks = [...readme.matchAll(/```\w+\n\/\/ (\S+)\n([\s\S]*?)```/g)]
  const found = blocks.find(([, title]) => title === name)?.[2]
  if (found === undefined) throw new Error(`the README has no ${name}`)
  return found
}

function write(name: string, file: string): string {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, file), blockOf(name))
  return join(folder, file)
}

const startExpress: Start = async (printed) => {
  const port = await findFreePort()
  const origin = `http://127.0.0.1:${port}`
  const file = write('server.js', 'express.mjs')
  const child = await spawnGuarded(process.execPath, ['--conditions=authly-source', file], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...environment(printed, origin), PORT: String(port) },
  })
  await waitUntilServing(`${origin}/`, child.exited)
  return { origin, close: () => child.stop() }
}

describe('the README', () => {
  const running: Served[] = []
  afterEach(() => Promise.all(running.splice(0).map((served) => served.close())))

  it.each<[string, Start]>([
    ['Express', startExpress],
    ['Hono', (printed) => startWorkerOf(write('src/index.ts', 'hono.ts'), printed)],
  ])('signs people in and out with %s', async (_name, start) => {
    const { agent, enter, open, origin, post, user } = await visit(start, running)
    expect((await open('/')).body).toContain('href="/auth/login"')
    expect(JSON.parse((await enter('/account')).body)).toMatchObject({ sub: user.id, name: 'Grace Hopper' })
    expect((await open('/')).body).toContain('action="/auth/logout"')
    const left = await post('/auth/logout')
    expect((await agent.open(left.location as URL)).url.href).toBe(`${origin}/`)
    expect((await open('/')).body).toContain('href="/auth/login"')
  })

  it.each(['lib/auth.ts', 'app/auth/[...authly]/route.ts', 'proxy.ts'])(
    'shows %s as the application has it that next.test.ts builds',
    (name) => {
      const built = readFileSync(join(import.meta.dirname, 'next-application', name), 'utf8')
      expect(blockOf(name).trim()).toBe(built.trim())
    },
  )
})
