/** The React package in Chromium: StrictMode, in which effects run twice, and an application of several parts. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { build } from 'esbuild'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { hasChromium } from '../chromium.ts'
import { openSdkStage, type SdkStage } from './sdk-stage.ts'
import { fillIn } from './walk.ts'

const source = `
  import { StrictMode, useState } from 'react'
  import { createRoot } from 'react-dom/client'
  import { AuthlyProvider, createAuthly, RequireSignIn, SignedIn, SignedOut, useAuthly } from '@authly-server/react'

  const authly = createAuthly(window.options)
  function Account() {
    const { user, signOut, fetch } = useAuthly()
    const [answer, setAnswer] = useState('')
    const call = async () => setAnswer(await (await fetch(window.options.issuer + '/oidc/userinfo')).text())
    return <>
      <p data-user>{user.name}</p>
      <button onClick={call}>Call</button><output>{answer}</output>
      <button onClick={() => signOut({ everywhere: false })}>Sign out</button>
    </>
  }
  function Home() {
    const { signIn, error } = useAuthly()
    return <>
      <SignedIn><Account /></SignedIn>
      <SignedOut><button onClick={() => signIn({ returnTo: '/home' })}>Sign in</button></SignedOut>
      {error && <p role="alert">{error.code}</p>}
    </>
  }
  const isInside = location.pathname === '/inside' || sessionStorage.getItem('inside')
  if (isInside) sessionStorage.setItem('inside', 'yes')
  createRoot(document.getElementById('root')).render(
    <StrictMode>
      <AuthlyProvider authly={authly}>
        {isInside ? <RequireSignIn loading={<i>a moment</i>}><Account /></RequireSignIn> : <Home />}
      </AuthlyProvider>
    </StrictMode>,
  )`

describe.runIf(hasChromium)('the React package in Chromium', () => {
  let stage: SdkStage
  let server: Server
  let origin: string
  let options = '{}'
  beforeAll(async () => {
    const [opened, { outputFiles }] = await Promise.all([
      openSdkStage(),
      build({
        stdin: { contents: source, loader: 'jsx', resolveDir: import.meta.dirname },
        ...{ bundle: true, format: 'iife', jsx: 'automatic', write: false, conditions: ['authly-source'] },
        // The development build is the one in which StrictMode runs effects twice.
        define: { 'process.env.NODE_ENV': '"development"' },
      }),
    ])
    stage = opened
    const script = outputFiles[0]?.text ?? ''
    server = createServer((request, response) => {
      const isScript = request.url === '/application.js'
      response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
      response.end(
        isScript
          ? script
          : `<!doctype html><meta charset="utf-8"><title>React</title><link rel="icon" href="data:,">
             <div id="root"></div><script>window.options = ${options}</script><script src="/application.js"></script>`,
      )
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const clientId = await stage.addApplication('Garden Planner', `${origin}/callback`, {
      ...{ first_party: true, application_type: 'web', dpop_bound_access_tokens: true },
      scope_claims_in_id_token: true,
    })
    options = JSON.stringify({ issuer: stage.issuer, clientId })
  })
  afterAll(async () => {
    server?.closeAllConnections()
    server?.close()
    await stage?.close()
  })
  afterEach(async () => {
    for (const context of stage.browser.contexts()) await context.close()
  })

  async function openPage(path: string): Promise<Page> {
    const page = await (await stage.openContext()).newPage()
    const complaints: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error' && !/status of 400/.test(message.text())) complaints.push(message.text())
    })
    page.on('close', () => expect(complaints).toEqual([]))
    await page.goto(origin + path)
    return page
  }
  const redeemed = () =>
    stage.network.tokenRequests.filter(
      ({ grantType, status }) => grantType === 'authorization_code' && status === 200,
    ).length

  test('a code is redeemed once in StrictMode; hooks show who is there and what an API says', async () => {
    const person = await stage.seed.addUser({ profile: { name: 'Reactive Person' } })
    const page = await openPage('/')
    const before = redeemed()
    await page.getByRole('button', { name: 'Sign in' }).click()
    await fillIn(page, person)
    await page.locator('[data-user]').waitFor()
    expect(await page.locator('[data-user]').textContent()).toBe('Reactive Person')
    expect([redeemed() - before, page.url()]).toEqual([1, `${origin}/home`])
    await page.getByRole('button', { name: 'Call' }).click()
    await page.waitForFunction(() =>
      document.querySelector('output')?.textContent?.includes('Reactive Person'),
    )
    expect(await page.getByRole('alert').count()).toBe(0)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('button', { name: 'Sign in' }).waitFor()
  })

  test('RequireSignIn leads to the sign-in and back, and after a sign-out waits for a click', async () => {
    const page = await openPage('/inside')
    const before = redeemed()
    await fillIn(page, await stage.seed.addUser({ profile: { name: 'Inner Person' } }))
    await page.locator('[data-user]').waitFor()
    expect([redeemed() - before, page.url()]).toEqual([1, `${origin}/inside`])
    const asked = stage.network.addresses.filter((address) => address.includes('/oauth/authorize?'))
    expect(asked).toHaveLength(new Set(asked).size)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('button', { name: 'Sign in' }).click()
    // The server still knows the person.
    await page.locator('[data-user]').waitFor()
  })
})
