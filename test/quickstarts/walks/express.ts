import { expect } from 'vitest'
import { signInAndOut, type Walk } from './walk.ts'

export const express: Walk = async (scene) => {
  await signInAndOut(scene, {
    home: 'http://localhost:3000/',
    async inside(page, username) {
      await page.getByRole('link', { name: 'My reports' }).click()
      await page.getByText(`"user":"${username}"`).waitFor()
      await page.getByText('A report for').waitFor()
    },
  })
  expect((await fetch('http://localhost:3002/reports')).status).toBe(401)
}
