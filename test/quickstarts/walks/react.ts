import { expect } from 'vitest'
import { signIn, type Walk } from './walk.ts'

export const react: Walk = async ({ browser, seed }) => {
  const context = await browser.newContext({ locale: 'en-US' })
  const page = await context.newPage()
  await page.goto('http://localhost:5173')
  await page.getByRole('button', { name: 'Sign in' }).click()
  const { username } = await signIn(page, { seed })
  await page.getByRole('heading', { name: `Hello, ${username}` }).waitFor()
  expect(page.url()).toBe('http://localhost:5173/')
  const orders = 'http://localhost:3001/orders'
  const called = page.waitForRequest((request) => request.url() === orders && request.method() === 'GET')
  await page.getByRole('button', { name: 'Show my orders' }).click()
  await page.getByText('An order of').waitFor()
  await refusesWhatWasOverheard(orders, await (await called).allHeaders())
  await page.reload()
  await page.getByRole('heading', { name: `Hello, ${username}` }).waitFor()
  const token = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]))
  expect(token).not.toMatch(/eyJ|authly_rt_/)
  expect((await fetch(orders)).status).toBe(401)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('button', { name: 'Sign in' }).waitFor()
  await context.close()
}

/** Attack: a token of the browser with its proof, read in a log, and used by somebody else. */
async function refusesWhatWasOverheard(
  url: string,
  { authorization = '', dpop = '' }: Record<string, string>,
) {
  const token = authorization.replace(/^DPoP /, '')
  expect([authorization, dpop]).toEqual([`DPoP ${token}`, expect.stringMatching(/^ey/)])
  const attempts = [
    { authorization, dpop },
    { authorization },
    { authorization: `Bearer ${token}` },
    { authorization: `Bearer ${token}`, dpop },
  ]
  for (const headers of attempts) expect((await fetch(url, { headers })).status).toBe(401)
}
