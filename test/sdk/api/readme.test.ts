/** The examples of the package's README are programs: each compiles by itself, as it is there. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../../..')
const folder = mkdtempSync(join(tmpdir(), 'authly-sdk-readme-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What an example takes for granted. */
const given = `
declare module 'cloudflare:workers' {
  export const env: { readonly AUTHLY_ISSUER: string; readonly AUTHLY_AUDIENCE: string }
}
declare const redis: { set(key: string, value: number, options: object): Promise<string | null> }
`

it('every example of the README compiles', () => {
  const readme = readFileSync(join(root, 'sdk/js/api/README.md'), 'utf8')
  const examples = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code as string)
  expect(examples.length).toBeGreaterThan(6)
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'given.d.ts'), given)
  for (const [index, code] of examples.entries()) writeFileSync(join(folder, `example-${index}.ts`), code)
  const config = {
    extends: join(root, 'sdk/js/tsconfig.json'),
    // The MCP library's own types do not agree with exactOptionalPropertyTypes.
    compilerOptions: { types: ['node'], exactOptionalPropertyTypes: false },
    include: ['*.ts'],
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  const { status, stdout } = spawnSync(process.execPath, [compiler, '--project', folder], {
    encoding: 'utf8',
  })
  expect(stdout).toBe('')
  expect(status).toBe(0)
})
