import { expect } from 'vitest'
import { type Scene, signIn, type Walk } from './walk.ts'

export const mcp: Walk = async (scene) => {
  const refused = await fetch('http://localhost:3004/mcp', { method: 'POST' })
  expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
    401,
    expect.stringContaining('http://localhost:3004/.well-known/oauth-protected-resource/mcp'),
  ])
  await usesTool(scene, 'http://127.0.0.1:3005/')
  const registered = await usesTool(scene, 'http://127.0.0.1:3006/')
  expect(registered).toMatch(/nobody|not reviewed|not been reviewed/i)
  expect((await fetch('http://127.0.0.1:3005/callback?code=x&state=forged')).status).toBe(400)
}

/** @returns the page that asks for consent */
async function usesTool({ browser, seed }: Scene, client: string): Promise<string> {
  const context = await browser.newContext({ locale: 'en-US' })
  try {
    const page = await context.newPage()
    await page.goto(client)
    let consent = ''
    await signIn(page, { seed }, async () => {
      consent = (await page.textContent('body')) ?? ''
    })
    await page.waitForURL(client)
    await page.getByText('A note of').waitFor()
    return consent
  } finally {
    await context.close()
  }
}
