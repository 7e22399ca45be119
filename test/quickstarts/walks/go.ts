import { expect } from 'vitest'
import { checksBoundTokens } from './bound-tokens.ts'
import { signInAndOut, type Walk } from './walk.ts'

export const go: Walk = async (scene) => {
  await signInAndOut(scene, {
    home: 'http://localhost:8080/',
    async inside(page, username) {
      await page.getByRole('link', { name: 'My orders' }).click()
      await page.getByText(`${username}: `).waitFor()
      await page.getByText('An order of').waitFor()
    },
  })
  const orders = 'http://localhost:3001/orders'
  expect((await fetch(orders)).status).toBe(401)
  await checksBoundTokens(scene, { url: orders, resource: 'http://localhost:3001', scope: 'orders:read' })
  expect((await fetch('http://localhost:8080/auth/callback?code=x&state=forged')).status).toBe(400)
}
