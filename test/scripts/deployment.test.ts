/** Deployment files agree with each other, and a bad deployment is noticed before and after it happens. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { unstable_readConfig } from 'wrangler'
import { regionSettings, secretNames } from '../../scripts/deploy/prepare-region.ts'
import { regions } from '../../scripts/deploy/regions.ts'
import { versionOf } from '../../scripts/deploy/serving-version.ts'
import { smokeTest } from '../../scripts/deploy/smoke.ts'
import { ensureSmokeClient, smokeClientId } from '../../scripts/deploy/smoke-client.ts'
import { quietWrangler, wranglerScript } from '../../scripts/stack/quiet-wrangler.ts'
import { type RunningStack, startStack } from '../../scripts/stack/start-stack.ts'
import { bundleWorker } from '../../scripts/stack/worker-bundle.ts'

const readConfig = (env: string) =>
  unstable_readConfig({ config: 'wrangler.toml', env }, { hideWarnings: true })
const workflow = readFileSync('.github/workflows/deploy.yml', 'utf8')
const secret = 'smoke-secret-of-this-test-000000000000000000000000'
const secrets = { DATABASE_URL: 'postgresql://a:b@db.neon.tech/authly', AUTHLY_ROOT_SECRET: 'k'.repeat(43) }

/** The files of a bundle by name, without source maps and what wrangler writes about them. */
const modulesIn = (folder: string) =>
  Object.fromEntries(
    readdirSync(folder)
      .filter((name) => /\.(js|wasm)$/.test(name))
      .map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('hex'),
      ]),
  )

test('what tests and benchmarks measure is, byte for byte, what wrangler deploys to a region', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'authly-bundles-'))
  try {
    const measured = await bundleWorker(folder)
    for (const region of regions.slice(0, 1)) {
      const outdir = join(folder, region)
      const args = [wranglerScript, 'deploy', '--dry-run', '--env', region, '--outdir', outdir]
      await promisify(execFile)(process.execPath, args, { env: quietWrangler(), maxBuffer: 16 * 1024 * 1024 })
      expect(modulesIn(outdir)).toEqual(modulesIn(measured.folder))
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

describe('wrangler.toml', () => {
  const local = readConfig('')

  test.each(regions)(
    'the log of %s has every line of the worker, and no query that Cloudflare adds',
    (region) => {
      const { observability } = readConfig(region)
      expect(observability).toMatchObject({
        ...{ enabled: true, redact_query_string: true },
        logs: { enabled: true, invocation_logs: false, head_sampling_rate: 1 },
      })
    },
  )

  test.each(regions)('%s has the objects, migrations and crons of local development', (region) => {
    const config = readConfig(region)
    // Wrangler does not inherit bindings: an environment without them deploys a worker that fails at once.
    expect(config.durable_objects).toEqual(local.durable_objects)
    expect(config.migrations).toEqual(local.migrations)
    expect(config.triggers).toEqual(local.triggers)
    expect(config.placement).toEqual({ mode: 'smart' })
  })

  test.each(regions)('%s answers under the host of its issuer and nowhere else', (region) => {
    const { vars, routes, workers_dev, preview_urls } = readConfig(region)
    const { hostname } = new URL(String(vars['AUTHLY_ISSUER']))
    expect(routes).toEqual([{ pattern: hostname, custom_domain: true }])
    expect([workers_dev, preview_urls]).toEqual([false, false])
  })

  test.each(regions)('%s says where its objects live', (region) => {
    const { vars } = readConfig(region)
    expect(vars['AUTHLY_REGION']).toBe(region)
    expect(vars['AUTHLY_CLIENT_ADDRESS']).toBe('cloudflare')
    const places = [vars['AUTHLY_JURISDICTION'], vars['AUTHLY_LOCATION_HINT']].filter(Boolean)
    expect(places).toHaveLength(1)
  })

  test('no environment holds a secret', () => {
    for (const region of ['', ...regions]) {
      for (const name of secretNames) expect(readConfig(region).vars).not.toHaveProperty(name)
    }
  })
})

describe('.github/workflows/deploy.yml', () => {
  test('offers and deploys every region of wrangler.toml', () => {
    expect(workflow).toContain(`'${JSON.stringify(regions).replaceAll(',', ', ')}'`)
    expect(workflow).toContain(`options: [all, ${regions.join(', ')}]`)
  })

  test('hands every secret of src/config/ over', () => {
    for (const name of secretNames) expect(workflow).toContain(`${name}: \${{ secrets.${name} }}`)
  })
})

describe('before a deployment', () => {
  const folder = mkdtempSync(join(tmpdir(), 'authly-deploy-'))
  const configPath = join(folder, 'wrangler.toml')
  writeFileSync(configPath, readFileSync('wrangler.toml', 'utf8').replaceAll('example.com', 'authly.test'))
  afterAll(() => rmSync(folder, { recursive: true }))

  test('a placeholder issuer is refused (RFC 2606 §3)', () => {
    expect(() => regionSettings('eu', secrets)).toThrow('still the placeholder')
  })

  test('a missing or malformed setting is named, never shown', () => {
    const env = { ...secrets, AUTHLY_ROOT_SECRET: 'hunter2' }
    const settings = () => regionSettings('eu', env, configPath)
    expect(settings).toThrow('AUTHLY_ROOT_SECRET must be base64url of at least 32 bytes')
    expect(settings).not.toThrow('hunter2')
    expect(() => regionSettings('eu', {}, configPath)).toThrow('DATABASE_URL')
  })

  test('an unknown region is refused', () => {
    expect(() => regionSettings('mars', secrets)).toThrow('no environment "mars"')
  })

  test('issuer and secrets of a region come out, other variables do not', () => {
    const settings = regionSettings('eu', { ...secrets, HOME: '/home/someone' }, configPath)
    expect(settings).toEqual({ issuer: 'https://eu.auth.authly.test', secrets })
  })

  test('the version that serves most requests is the one to return to', () => {
    const versions = [
      { version_id: 'new', percentage: 10 },
      { version_id: 'old', percentage: 90 },
    ]
    expect(versionOf(JSON.stringify({ versions }))).toBe('old')
  })
})

describe('smoke test of a deployment', () => {
  let stack: RunningStack
  const smoke = (more: object = {}) =>
    smokeTest({
      issuer: stack.issuer,
      clientId: smokeClientId,
      clientSecret: secret,
      log: () => undefined,
      ...more,
    })

  beforeAll(async () => {
    stack = await startStack()
    await ensureSmokeClient(stack.database_url, secret)
  })
  afterAll(() => stack?.stop())

  test('passes when the deployment issues and refuses as it should', async () => {
    await expect(smoke()).resolves.toBeUndefined()
  })

  test('its client is made once, and a new secret replaces the old one', async () => {
    await ensureSmokeClient(stack.database_url, secret)
    await expect(smoke()).resolves.toBeUndefined()
    await expect(ensureSmokeClient(stack.database_url, 'short')).rejects.toThrow('too short')
  })

  test('its id is given once: who deleted it is told how to let it come back', async () => {
    const client = new pg.Client(stack.database_owner_url)
    await client.connect()
    try {
      await client.query('DELETE FROM clients WHERE client_id = $1', [smokeClientId])
      const failure = await ensureSmokeClient(stack.database_url, secret).catch((error: unknown) => error)
      expect(failure).toMatchObject({ message: expect.stringContaining('given once') })
      await client.query('DELETE FROM client_ids WHERE client_id = $1', [smokeClientId])
      await ensureSmokeClient(stack.database_url, secret)
    } finally {
      await client.end()
    }
  })

  test('fails when the database lacks a migration of the build', async () => {
    const owner = new pg.Client(stack.database_owner_url)
    await owner.connect()
    const move = (by: number) =>
      owner.query('UPDATE drizzle.__drizzle_migrations SET created_at = created_at + $1', [by])
    // An isolate keeps its result for a second.
    const patient = { timeout: 10_000 }
    const refusal = () => smoke().then(String, ({ message }: Error) => message)
    try {
      await move(-1)
      await expect.poll(refusal, patient).toContain('schema_behind')
    } finally {
      await move(1)
      await owner.end()
    }
    await expect.poll(refusal, patient).toBe('undefined')
  })

  test('fails when no token comes', async () => {
    await expect(smoke({ clientSecret: 'not-the-secret' })).rejects.toThrow('invalid_client')
  })

  test('fails when another issuer answers', async () => {
    const issuer = stack.issuer.replace('localhost', '127.0.0.1')
    await expect(smoke({ issuer })).rejects.toThrow('issuer in the metadata')
  })

  test('fails when nothing, or something else, answers', async () => {
    await expect(smoke({ issuer: 'http://127.0.0.1:9', timeoutMs: 0 })).rejects.toThrow()
    const other = createServer((_, response) => response.writeHead(500).end()).listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    await expect(smoke({ issuer: `http://127.0.0.1:${port}`, timeoutMs: 0 })).rejects.toThrow('answered 500')
    other.close()
  })
})
