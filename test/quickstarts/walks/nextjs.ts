import { expect } from 'vitest'
import { signInAndOut, type Walk } from './walk.ts'

export const nextjs: Walk = async (scene) => {
  await signInAndOut(scene, {
    home: 'http://localhost:3000/',
    async inside(page, username) {
      await page.getByRole('heading', { name: `Hello, ${username}` }).waitFor()
      await page.goto('http://localhost:3000/orders')
      await page.getByRole('heading', { name: `Orders of ${username}` }).waitFor()
    },
  })
  const refused = await fetch('http://localhost:3000/api/orders')
  expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
    401,
    expect.stringContaining('Bearer'),
  ])
}
