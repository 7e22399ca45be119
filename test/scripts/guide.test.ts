/** The guide: who builds it and when, what stops a deployment, and that it is there after `npm start` in a fresh clone. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { findFreePort } from '../../scripts/process/free-port.ts'
import { quietWrangler } from '../../scripts/stack/quiet-wrangler.ts'
import { makeClone, type NpmRun, pressCtrlC, runNpm } from './clone.ts'

/** Each builds the whole site, on a machine that may be busy. */
vi.setConfig({ testTimeout: 400_000, hookTimeout: 120_000 })

let clone: ReturnType<typeof makeClone>
beforeAll(() => {
  clone = makeClone(['docs', 'public'])
})
afterAll(() => clone?.remove())

const at = (path: string) => join(clone.folder, path)
const index = 'public/guide/index.html'

/** @returns its exit status, and what it printed */
function ensureGuide(env: NodeJS.ProcessEnv = {}) {
  const clean = { ...process.env, ...env }
  delete clean['WRANGLER_COMMAND']
  const options = { cwd: clone.folder, env: { ...clean, ...env }, encoding: 'utf8', stdio: 'pipe' } as const
  try {
    execFileSync(process.execPath, ['scripts/ensure-guide.mjs'], options)
    return { status: 0, output: '' }
  } catch (error) {
    const { status, stderr } = error as { status: number; stderr: string }
    return { status, output: stderr }
  }
}

const builtAt = () => (existsSync(at(index)) ? statSync(at(index)).mtimeMs : undefined)

describe('is not built', () => {
  test.each([
    ['for `wrangler dev`, which asks at every change', { WRANGLER_COMMAND: 'dev' }],
    ['for a dry run of our own, which deploys nothing', { AUTHLY_GUIDE: quietWrangler()['AUTHLY_GUIDE'] }],
  ])('%s', (_, env) => {
    expect(ensureGuide(env)).toEqual({ status: 0, output: '' })
    expect(builtAt()).toBeUndefined()
  })

  test('by what every test and every command waits for', () => {
    const { scripts } = JSON.parse(readFileSync(at('package.json'), 'utf8')) as {
      scripts: Record<string, string>
    }
    expect(scripts['prepare']).not.toContain('guide')
    for (const file of ['scripts/ensure-built.mjs', 'scripts/build.ts', 'scripts/run-tests.ts']) {
      expect(readFileSync(at(file), 'utf8'), file).not.toMatch(/ensure-guide|build-guide/)
    }
  })
})

describe('npm start in a fresh clone', () => {
  let run: NpmRun
  afterAll(async () => {
    if (run !== undefined) pressCtrlC(run)
    await run?.exited
  })

  test('says at /guide/ that it comes, and serves it with its files when it is there', async () => {
    const port = await findFreePort()
    run = runNpm(clone.folder, ['start'], { PORT: String(port) })
    await run.printed('Stop with Ctrl-C')
    const page = () => fetch(`http://localhost:${port}/guide/`).then((answer) => answer.text())
    const first = await page()
    expect(first).toMatch(/The guide is being built|Guide · Authly/)
    await vi.waitFor(
      async () => {
        const html = await page()
        const [, asset = 'none'] = /href="(\/guide\/assets\/style[^"]+)"/.exec(html) ?? []
        expect((await fetch(`http://localhost:${port}${asset}`)).status, run.output()).toBe(200)
      },
      { timeout: 300_000, interval: 500 },
    )
  })
})

describe('a deployment', () => {
  test('takes what is there while its sources are the same, and builds what has changed', () => {
    expect(ensureGuide()).toEqual({ status: 0, output: '' })
    const before = builtAt()
    expect(before).toBeDefined()
    expect(ensureGuide()).toEqual({ status: 0, output: '' })
    expect(builtAt()).toBe(before)
    writeFileSync(
      at('docs/guide/cost.md'),
      `${readFileSync(at('docs/guide/cost.md'), 'utf8')}\nA new sentence.\n`,
    )
    expect(ensureGuide({ WRANGLER_COMMAND: 'deploy' })).toEqual({ status: 0, output: '' })
    expect(readFileSync(at('public/guide/guide/cost.html'), 'utf8')).toContain('A new sentence.')
  })

  test.each([
    ['a link to a page that is not there', '[x](nowhere.md)', 'nowhere'],
    ['a link to a heading that is not there', '[x](start.md#nowhere)', '#nowhere'],
    ['a style that the policy blocks', '<p style="color:red">x</p>', 'style in an attribute'],
  ])('stops at %s, and leaves the guide of before', (_, text, word) => {
    const before = builtAt()
    const page = at('docs/guide/extra.md')
    writeFileSync(page, `# Extra\n\n${text}\n`)
    try {
      const stopped = ensureGuide({ WRANGLER_COMMAND: 'deploy' })
      expect(stopped.status).toBe(1)
      expect(stopped.output).toContain(word)
      expect(stopped.output).toContain('cannot be built')
      expect(builtAt()).toBe(before)
    } finally {
      rmSync(page)
    }
  })
})
