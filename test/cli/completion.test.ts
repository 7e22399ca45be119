/** The completion scripts, in the shells this machine has. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { scriptFor, shells } from '../../cli/completion/scripts.ts'

let folder: string
let env: NodeJS.ProcessEnv

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'authly-completion-'))
  symlinkSync(resolve('cli/authly.mjs'), join(folder, 'authly'))
  env = { ...process.env, HOME: folder, XDG_CONFIG_HOME: folder }
  env['PATH'] = [folder, resolve('node_modules/.bin'), env['PATH']].join(delimiter)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('completion', () => {
  it.each(shells)('%s: the script is one the shell understands, where it is installed', (shell) => {
    const script = join(folder, `script.${shell}`)
    writeFileSync(script, scriptFor(shell))
    const { error, status, stderr } = spawnSync(shell, ['-n', script], { env, encoding: 'utf8' })
    if (error) expect((error as NodeJS.ErrnoException).code).toBe('ENOENT')
    else expect([status, stderr]).toEqual([0, ''])
  })

  it('bash: offers what the program says, also for words of a command after options', () => {
    const ask = (...words: string[]) => {
      const line = words.map((word) => `'${word}'`).join(' ')
      const program = `source <(authly completion bash); COMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}; _authly; printf '%s\\n' "\${COMPREPLY[@]}"`
      return execFileSync('bash', ['-c', program], { env, encoding: 'utf8' }).trim().split('\n')
    }
    expect(ask('authly', 'roles', 'cr')).toEqual(['create'])
    expect(ask('authly', '-o', 'json', 'roles', 'li')).toEqual(['list'])
    expect(ask('authly', 'users', 'list', '--status', '')).toEqual(['active', 'disabled'])
  }, 60_000)
})
