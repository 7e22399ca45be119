/** What an isolate evaluates before it answers anything stays light (docs/decisions/0040); time is measured in bench/. */
import { readFileSync, rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { evaluatedModules, gzipBytes } from '../../scripts/stack/evaluated-modules.ts'
import { bundleWorker, type WorkerBundle } from '../../scripts/stack/worker-bundle.ts'

const goalBytes = 300 * 1024

let folder: string
let bundle: WorkerBundle
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'authly-start-up-'))
  bundle = await bundleWorker(folder)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const named = (name: string): string => {
  const found = bundle.modules.find((file) => file.startsWith(`${name}-`))
  if (found === undefined) throw new Error(`the bundle has no module of its own for ${name}`)
  return found
}

test('an isolate evaluates at most 300 KiB, gzipped, before its first token, Postgres asked', async () => {
  const evaluated = await evaluatedModules(bundle, [bundle.main, named('stores')])
  expect(evaluated.length).toBeGreaterThan(1)
  expect(gzipBytes(bundle, evaluated)).toBeLessThanOrEqual(goalBytes)
})

test.each([
  'admin.route',
  'lazy-app',
  'cron-entry',
  'stores',
  'job-entry',
  'logout-entry',
  'destination.object',
  'argon2',
  'open-otlp-tracer',
  'native-tracer',
  'verify-certificate',
])('%s is a module of its own that waits until it is asked for', async (name) => {
  const evaluated = await evaluatedModules(bundle, [bundle.main])
  expect(evaluated).not.toContain(named(name))
})

/** Words that only these libraries have, and no minifier changes. */
const libraries = {
  'Drizzle, its tables': 'drizzle:IsDrizzleTable',
  'the Neon driver': 'neonConfig',
  'the Upstash client': 'Upstash-Telemetry-Sdk',
  'the OpenAPI generator': 'openAPIRegistry',
  'bcrypt, for hashes of other systems': '$2b$',
  'PBKDF2 in JavaScript, for dear ones': '"c" (iterations) must be >= 1',
  'the library of WebAuthn': 'Leftover bytes detected while parsing',
  'German pages': 'Weiter',
}

test.each(Object.entries(libraries))('%s is in the bundle, and not evaluated at start', async (_, word) => {
  const holds = (name: string): boolean => readFileSync(join(bundle.folder, name), 'utf8').includes(word)
  expect(bundle.modules.some(holds)).toBe(true)
  const evaluated = await evaluatedModules(bundle, [bundle.main])
  expect(evaluated.filter(holds)).toEqual([])
})
