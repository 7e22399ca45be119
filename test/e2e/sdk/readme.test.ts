/** The first examples of both READMEs run, as they are, in Chromium. */
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasChromium } from '../chromium.ts'
import { openSdkStage, type SdkStage } from './sdk-stage.ts'
import { fillIn } from './walk.ts'

const packages = join(import.meta.dirname, '../../../sdk/js')

/** The example of a README that is called `start`, bundled as a development server does. */
async function exampleOf(
  name: string,
  loader: 'ts' | 'tsx',
  environment: Record<string, string>,
): Promise<string> {
  const readme = readFileSync(join(packages, name, 'README.md'), 'utf8')
  const contents = readme.match(new RegExp(`\`\`\`${loader} start\n([^]*?)\`\`\``))?.[1]
  if (contents === undefined) throw new Error(`the README of ${name} has no such example`)
  const { outputFiles } = await build({
    stdin: { contents, loader, resolveDir: import.meta.dirname },
    ...{ bundle: true, format: 'esm', jsx: 'automatic', write: false, conditions: ['authly-source'] },
    define: Object.fromEntries(
      Object.entries(environment).map(([key, value]) => [`import.meta.env.${key}`, JSON.stringify(value)]),
    ),
  })
  return outputFiles[0]?.text ?? ''
}

describe.runIf(hasChromium)('the first example of a README', () => {
  let stage: SdkStage
  let server: Server
  let origin: string
  let script = ''
  beforeAll(async () => {
    stage = await openSdkStage()
    server = createServer((request, response) => {
      const isScript = request.url === '/main.js'
      response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
      response.end(
        isScript
          ? script
          : `<!doctype html><meta charset="utf-8"><title>Example</title><link rel="icon" href="data:,">
             <div id="root"><button>…</button></div><script type="module" src="/main.js"></script>`,
      )
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(async () => {
    server?.closeAllConnections()
    server?.close()
    await stage?.close()
  })

  test.each([
    ['browser', 'ts'],
    ['react', 'tsx'],
  ] as const)('%s: signs in, says who is there, signs out', async (name, loader) => {
    const clientId = await stage.addApplication('Example', `${origin}/callback`, {
      ...{ first_party: true, application_type: 'web', dpop_bound_access_tokens: true },
      ...{ scope_claims_in_id_token: true, post_logout_redirect_uris: [`${origin}/`] },
    })
    script = await exampleOf(name, loader, {
      ...{ VITE_AUTHLY_ISSUER: stage.issuer, VITE_AUTHLY_CLIENT_ID: clientId },
    })
    const context = await stage.openContext()
    const page = await context.newPage()
    await page.goto(origin)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await fillIn(page, await stage.seed.addUser({ profile: { name: 'Reading Person' } }))
    await page.getByRole('button', { name: 'Sign out Reading Person' }).click()
    await page.waitForURL(`${origin}/`)
    await page.getByRole('button', { name: 'Sign in' }).waitFor()
    expect(page.url()).toBe(`${origin}/`)
    await context.close()
  })
})
