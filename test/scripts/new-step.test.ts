import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeClone } from './clone.ts'

/** A step that knows a badge. */
const file = `
import { passkeyProof } from '../../authentication/factor-proofs.ts'
import type { Step } from './step.ts'
import { StepForm } from './step-form.tsx'

export const badge: Step = {
  id: 'badge',
  kind: 'factor',
  proves: [passkeyProof(true, true)],
  offered: ({ identifier, proofs }) => identifier !== undefined && proofs.length === 0,
  label: (messages) => messages.badge,
  page: (shown) => (
    <StepForm shown={shown} step="badge">
      <button type="submit">{shown.page.messages.badge}</button>
    </StepForm>
  ),
  attempt: async () => ({ status: 'lost' }),
}
`

let clone: ReturnType<typeof makeClone>
beforeAll(() => {
  clone = makeClone()
  git('init', '--quiet')
  git('add', 'src')
}, 120_000)
afterAll(() => clone.remove())

const git = (...args: string[]) => execFileSync('git', args, { cwd: clone.folder, encoding: 'utf8' })

const change = (path: string, edit: (text: string) => string) => {
  const full = join(clone.folder, path)
  const before = readFileSync(full, 'utf8')
  const after = edit(before)
  expect(after).not.toBe(before)
  writeFileSync(full, after)
}

test('a step of signing in is one file, one line of the list, and its messages', async () => {
  writeFileSync(join(clone.folder, 'src/login/steps/badge.step.tsx'), file)
  change('src/login/steps/index.ts', (text) =>
    text
      .replace(
        'import { changePassword }',
        "import { badge } from './badge.step.tsx'\nimport { changePassword }",
      )
      .replace(/^ {2}changePassword,$/m, '  badge,\n  changePassword,'),
  )
  const catalogues = readdirSync(join(clone.folder, 'src/messages')).filter((name) =>
    /^[a-z]{2}\.ts$/.test(name),
  )
  for (const name of catalogues) {
    change(`src/messages/${name}`, (text) =>
      text.replace('  signInTitle:', "  badge: 'Use your badge',\n  signInTitle:"),
    )
  }

  const listed = git('diff', '--name-only') + git('ls-files', '--others', '--exclude-standard', 'src')
  const touched = listed.trim().split('\n')
  expect(touched.filter((path) => !path.startsWith('src/messages/')).sort()).toEqual([
    'src/login/steps/badge.step.tsx',
    'src/login/steps/index.ts',
  ])
  expect(touched).toHaveLength(2 + catalogues.length)

  // It compiles, is offered, and raises what the server announces.
  execFileSync('npx', ['tsc', '--noEmit', '-p', 'tsconfig.json'], { cwd: clone.folder, encoding: 'utf8' })
  const outfile = join(clone.folder, 'steps.mjs')
  await build({
    stdin: {
      contents:
        "export { steps, reachableClasses } from './src/login/steps/index.ts';" +
        "export { decideNextStep } from './src/authentication/decide-next-step.ts';" +
        "export { policyOf } from './src/authentication/sign-in-policy.ts';" +
        "export { toSettings } from './src/settings/settings.ts'",
      resolveDir: clone.folder,
    },
    ...{ outfile, bundle: true, format: 'esm', target: 'es2023', external: ['node:*'], logLevel: 'error' },
    ...{ conditions: ['workerd', 'worker', 'import'] },
  })
  const built = await import(pathToFileURL(outfile).href)
  expect(built.reachableClasses()).toContain('phrh')
  const policy = built.policyOf({
    possible: { passkeys: true, passwords: true },
    settings: built.toSettings({}),
    because: undefined,
  })
  const state = {
    ...{ identifier: 'ada', proofs: [], account: undefined, actions_done: [], risk: undefined },
    browser: { used_passkey: false, is_remembered: false },
  }
  const next = built.decideNextStep(built.steps, state, policy)
  expect([next.step, ...next.alternatives]).toContain('badge')
}, 180_000)
