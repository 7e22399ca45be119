import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'vitest'
import type { Walk } from './walk.ts'

const run = promisify(execFile)

export const machine: Walk = async ({ folder }) => {
  const id = /^AUTHLY_CLIENT_ID=(.+)$/m.exec(readFileSync(join(folder, '.env'), 'utf8'))?.[1]
  const expected = { apples: 12, for: id }
  const node = await run(process.execPath, ['--env-file=.env', 'report.js'], { cwd: folder })
  expect(JSON.parse(node.stdout)).toEqual(expected)
  const curl = await run('bash', ['report.sh'], { cwd: folder })
  expect(JSON.parse(curl.stdout)).toEqual(expected)
  const refused = await fetch('http://localhost:3003/stock')
  expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
    401,
    expect.stringContaining('Bearer'),
  ])
}
