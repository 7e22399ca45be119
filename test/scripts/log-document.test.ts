/** docs/log.md says of every line which level it has: as the code that writes it does. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { logEventWords } from '../../scripts/docs/log-words.ts'

const levels = { logError: 'error', logWarning: 'warn', logInfo: 'info' } as const

test('each event of the log is written somewhere, at its documented level and no other', async () => {
  const folder = fileURLToPath(new URL('../../src', import.meta.url))
  const files = (await readdir(folder, { recursive: true })).filter((file) => /\.tsx?$/.test(file))
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')))
  const written = texts.flatMap((text) =>
    [...text.matchAll(/\b(logError|logWarning|logInfo)\('(\w+)'/g)].map(
      ([, name, event]) => `${event}: ${levels[name as keyof typeof levels]}`,
    ),
  )
  const documented = Object.entries(logEventWords).map(([event, { level }]) => `${event}: ${level}`)
  expect([...new Set(written)].sort()).toEqual(documented.sort())
})
