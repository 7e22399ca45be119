/**
 * An issuer that moves to another domain keeps its passkeys (related origins, Web Authentication Level 3 §5.11): two
 * host names behind TLS, and a Chromium that resolves both to this machine.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { findFreePort } from '../../scripts/process/free-port.ts'
import { startTlsFront, type TlsFront } from '../../scripts/security/tls-front.ts'
import { type RunningStack, startStack } from '../../scripts/stack/start-stack.ts'
import { createSeed, type Seed } from '../conformance/seed.ts'
import { addAuthenticator } from './authenticator.ts'
import { hasChromium, launchChromium } from './chromium.ts'

const [old, moved] = ['https://old.example.test', 'https://new.example.test']

describe.runIf(hasChromium)('an issuer that has moved', () => {
  let stack: RunningStack
  let seed: Seed
  let front: TlsFront
  let folder: string
  let browser: Browser
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'authly-moved-'))
    // Before a move: the domain stays that of the passkeys, and lists the next one.
    const settings = { 'passkeys.rp_id': 'old.example.test', 'passkeys.related_origins': [moved] }
    stack = await startStack({ bundle: inject('bundle'), issuer: old, settings })
    seed = createSeed(stack.database_owner_url)
    const port = await findFreePort()
    front = await startTlsFront(folder, port, stack.port)
    browser = await launchChromium([
      '--ignore-certificate-errors',
      `--host-resolver-rules=MAP *.example.test:443 127.0.0.1:${port}`,
    ])
  })
  afterAll(async () => {
    await browser?.close()
    await front?.close()
    await seed?.close()
    await stack?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  async function signInWithPassword(page: Page, username: string, password: string) {
    await page.getByLabel('Email address or username').fill(username)
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.waitForURL('**/account')
  }

  test('signs people in with the passkeys of its former domain, which lists it', async () => {
    const person = await seed.addUser()
    const context = await browser.newContext({ locale: 'en-US', ignoreHTTPSErrors: true })
    const page = await context.newPage()
    page.setDefaultTimeout(15_000)
    const authenticator = await addAuthenticator(page, 'platform')
    await page.goto(`${old}/login`)
    await signInWithPassword(page, person.username, person.password)
    await page.goto(`${old}/account/passkeys`)
    await page.getByRole('button', { name: 'Create a passkey' }).click()
    await page.getByText('Your passkey has been added').waitFor()
    expect(await authenticator.credentials()).toMatchObject([{ rpId: 'old.example.test' }])

    await stack.restartWorker('SIGTERM', { AUTHLY_ISSUER: moved })
    const listed = await (await context.newPage()).goto(`${old}/.well-known/webauthn`)
    expect(await listed?.json()).toEqual({ origins: [moved] })
    await page.goto(`${moved}/login`)
    // By the autofill.
    await page.waitForURL(`${moved}/account`)
    expect(await page.locator('dl').textContent()).toContain(person.username)
    await context.close()
  })
})
