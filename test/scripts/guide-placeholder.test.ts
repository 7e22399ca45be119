/** What is at /guide/ while there is no guide: `npm start` in a fresh clone. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { placeGuide, sayGuideIsMissing } from '../../scripts/stack/build-files.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'authly-placeholder-'))
  mkdirSync(join(root, 'docs/.vitepress'), { recursive: true })
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const page = () => join(root, 'public/guide/index.html')
const shown = () => readFileSync(page(), 'utf8')

test('a page that asks again by itself, until the build has failed', async () => {
  await placeGuide(root)
  expect(shown()).toContain('http-equiv="refresh"')
  expect(await sayGuideIsMissing(root)).toBe(true)
  expect(shown()).toContain('could not be built')
  expect(shown()).not.toContain('refresh')
})

test('after a failure, the next start waits for its own build', async () => {
  await placeGuide(root)
  await sayGuideIsMissing(root)
  await placeGuide(root)
  expect(shown()).toContain('is being built')
})

test('a guide that is there stays, whatever became of the next one', async () => {
  mkdirSync(join(root, 'public/guide'), { recursive: true })
  writeFileSync(page(), 'the guide')
  await placeGuide(root)
  expect(await sayGuideIsMissing(root)).toBe(false)
  expect(shown()).toBe('the guide')
})
