/** Every quickstart that says so is done step by step, and then used as its reader would use it. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { type Quickstart, readQuickstart, withSectionOf } from '../../scripts/docs/quickstart.ts'
import { projectRoot } from '../../scripts/stack/worker-bundle.ts'
import { createSeed, type Seed } from '../conformance/seed.ts'
import { launchChromium } from '../e2e/chromium.ts'
import { followQuickstart } from './follow-quickstart.ts'
import { forgetApplications } from './forget-applications.ts'
import { walks } from './walks/index.ts'

const folder = join(projectRoot, 'docs/quickstarts')
const quickstarts = readdirSync(folder)
  .filter((file) => file.endsWith('.md') && file !== 'index.md')
  .map((file) => ({
    name: file.slice(0, -3),
    quickstart: readQuickstart(readFileSync(join(folder, file), 'utf8')),
  }))
const executed = quickstarts.filter(({ quickstart }) => quickstart.checked === 'executed')
const compiled = quickstarts.filter(({ quickstart }) => quickstart.checked === 'compiled')
const quickstartOf = (name: string) => {
  const found = quickstarts.find((each) => each.name === name)
  if (!found) throw new Error(`no quickstart ${name}`)
  return found.quickstart
}
/** Other APIs for the page of a browser application, as their quickstarts offer. */
const behindReact = ['fastapi', 'go'].map((name) =>
  withSectionOf(quickstartOf('react'), 'Protect the API', quickstartOf(name)),
)
const surroundings = inject('surroundings')

describe('quickstarts', () => {
  let browser: Browser
  let seed: Seed
  beforeAll(async () => {
    browser = await launchChromium()
    seed = createSeed(surroundings.databaseOwnerUrl)
  })
  // Each is followed on an Authly that has nothing of the others.
  beforeEach(() => forgetApplications(surroundings))
  afterAll(async () => {
    await browser?.close()
    await seed?.close()
  })

  test('those that are executed have a walk, and no others', () => {
    expect(executed.map(({ name }) => name).sort()).toEqual(Object.keys(walks).sort())
  })

  const follow = async (name: string, quickstart: Quickstart) => {
    const followed = await followQuickstart(quickstart, surroundings)
    try {
      await walks[name]?.({ browser, seed, issuer: surroundings.issuer, folder: followed.folder })
    } finally {
      await followed.stop()
    }
  }

  test.each(executed)('$quickstart.title', ({ name, quickstart }) => follow(name, quickstart))

  test.each(behindReact)('$title', (quickstart) => follow('react', quickstart))

  test.each(compiled)('$quickstart.title compiles', async ({ quickstart }) => {
    const followed = await followQuickstart(quickstart, surroundings)
    await followed.stop()
  })
})
