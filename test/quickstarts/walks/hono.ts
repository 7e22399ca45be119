import { expect } from 'vitest'
import { signInAndOut, type Walk } from './walk.ts'

export const hono: Walk = async (scene) => {
  await signInAndOut(scene, {
    home: 'http://localhost:3000/',
    async inside(page, username) {
      await page.getByRole('heading', { name: `Hello, ${username}` }).waitFor()
      await page.goto('http://localhost:3000/orders')
      await page.getByText('Orders of').waitFor()
    },
  })
  expect((await fetch('http://localhost:3001/orders')).status).toBe(401)
}
