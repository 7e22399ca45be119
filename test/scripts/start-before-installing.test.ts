/** `npm start` in a fresh clone, before anything is installed: what is in the way is said at once. */
import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, it } from 'vitest'

const scripts = join(import.meta.dirname, '../../scripts')
let clone: string
let squatter: Server
let taken: number

beforeEach(async () => {
  clone = mkdtempSync(join(tmpdir(), 'authly-bare-'))
  cpSync(scripts, join(clone, 'scripts'), { recursive: true })
  squatter = createServer()
  await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve))
  taken = (squatter.address() as AddressInfo).port
})
afterEach(() => {
  squatter.close()
  rmSync(clone, { recursive: true, force: true })
})

async function start(args: readonly string[], env: NodeJS.ProcessEnv) {
  // Without npm: what would install fails, and says that it tried.
  const child = spawn(process.execPath, [join(clone, 'scripts', 'start.mjs'), ...args], {
    env: { PATH: '', ...env },
  })
  const [output, code] = await Promise.all([
    text(child.stderr),
    new Promise<number | null>((resolve) => child.once('close', resolve)),
  ])
  return { output, code }
}

it.each(['PORT', '--port'])(
  'says before it installs that the port of %s is taken, and names two others',
  async (way) => {
    const { output, code } =
      way === 'PORT' ? await start([], { PORT: String(taken) }) : await start([way, String(taken)], {})
    expect(code).toBe(1)
    expect(output).toContain(`Port ${taken} is already in use.`)
    expect(output).toMatch(/PORT=\d+ DEMO_PORT=\d+ npm start/)
    expect(output).not.toContain('Installing')
    expect(readdirSync(clone)).toEqual(['scripts'])
  },
)

it('says how long installing takes, for whom no port is in the way', async () => {
  const { output, code } = await start(['--ephemeral'], { PORT: String(taken) })
  expect(code).toBe(1)
  expect(output).toContain('Installing dependencies (first start): about two minutes')
})
