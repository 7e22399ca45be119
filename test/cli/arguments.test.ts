/** Arguments, help, completion and names of commands: all from the declarations. */
import { describe, expect, it } from 'vitest'
import { type CatalogueOperation, loadCatalogue } from '../../cli/api/catalogue.ts'
import { usageOf } from '../../cli/command.ts'
import { createCommands } from '../../cli/commands/index.ts'
import { nameOperation } from '../../cli/commands/name-operation.ts'
import { fillPath } from '../../cli/commands/operation-request.ts'
import { complete } from '../../cli/completion/complete.ts'
import { findCommand } from '../../cli/find-command.ts'
import { parseArguments } from '../../cli/parse-arguments.ts'
import { runProgram } from '../../cli/run-program.ts'
import { testTerminal } from './terminal.ts'

const catalogue = loadCatalogue()
const commands = createCommands(catalogue)
const command = (...words: string[]) => {
  const found = findCommand(commands, words).command
  if (!found) throw new Error(`no command ${words.join(' ')}`)
  return found
}
const run = async (...argv: string[]) => {
  const terminal = testTerminal({ env: { HOME: '/nonexistent' } })
  return { code: await runProgram(commands, argv, terminal), ...terminal.printed }
}

describe('commands', () => {
  it('exist for every admin operation, each under words of its own', () => {
    const called = new Set(commands.flatMap(({ operations = [] }) => operations))
    expect(catalogue.filter(({ id, answer }) => !called.has(id) && answer !== 'events')).toEqual([])
    const words = commands.map((one) => one.words.join(' '))
    expect(words.filter((one, index) => words.indexOf(one) !== index)).toEqual([])
    // A command must not be hidden behind a group of the same words.
    for (const one of commands) expect(findCommand(commands, one.words).command).toBe(one)
  })

  it('have options of different names, and none that means something else globally', () => {
    for (const one of commands) expect(() => parseArguments(one, ['--help']), usageOf(one)).not.toThrow()
    for (const { options = [] } of commands) {
      const names = options.map(({ name }) => name)
      expect(new Set(names).size).toBe(names.length)
      expect(
        names.filter((name) => ['profile', 'output', 'dry-run', 'yes', 'issuer'].includes(name)),
      ).toEqual([])
    }
  })

  it.each([
    ['GET', '/admin/things', 'page', 'things list'],
    ['GET', '/admin/things/{id}', 'json', 'things get'],
    ['POST', '/admin/things', 'json', 'things create'],
    ['PATCH', '/admin/things/{id}', 'json', 'things update'],
    ['DELETE', '/admin/things/{id}', 'none', 'things delete'],
    ['POST', '/admin/things/{id}/switch_off', 'json', 'things switch-off'],
    ['GET', '/admin/things/{id}/parts', 'items', 'things parts list'],
    ['DELETE', '/admin/things/{id}/parts', 'none', 'things parts delete-all'],
    ['DELETE', '/admin/things/{id}/parts/{part}', 'none', 'things parts delete'],
    ['GET', '/admin/things/count', 'json', 'things count'],
    ['GET', '/admin/state', 'json', 'state'],
  ] as const)('are named by their route: %s %s', (method, path, answer, words) => {
    const routes = [
      ['GET', '/admin/things', 'page'],
      ['GET', '/admin/things/{id}', 'json'],
      ['DELETE', '/admin/things/{id}/parts', 'none'],
      ['DELETE', '/admin/things/{id}/parts/{part}', 'none'],
    ].map(([m, p, a]) => ({ id: `${m}${p}`, method: m, path: p, answer: a }) as CatalogueOperation)
    const operation = { id: 'x', method, path, answer }
    expect(nameOperation(operation, [...routes, operation]).join(' ')).toBe(words)
  })
})

describe('arguments', () => {
  it('may stand anywhere', () => {
    const found = findCommand(commands, ['-o', 'json', 'roles', '--profile', 'list', 'list', '--yes'])
    expect(found.words).toEqual(['roles', 'list'])
    expect(found.args).toEqual(['-o', 'json', '--profile', 'list', '--yes'])
  })

  it.each([
    [['roles', 'list', '--nme', 'x'], 'Unknown option'],
    [['roles', 'list', 'extra'], 'one argument too many'],
    [['roles', 'get'], '<name> is missing'],
    [['roles', 'list', '--output', 'xml'], '--output is one of'],
    [['roles', 'list', '--no-yes'], 'no option --no-yes'],
    [['rols', 'list'], 'Did you mean: authly roles'],
    [['roles', 'creat'], 'Did you mean: authly roles create'],
    [['roles', 'list', '--profile', '../../etc/passwd'], ''],
  ])('that are wrong end with status 2 (%s)', async (argv, message) => {
    const { code, stderr } = await run(...argv)
    expect(stderr).toContain(message)
    expect([2, 4]).toContain(code)
  })

  it('of paths cannot lead to another operation', () => {
    expect(fillPath('/admin/users/{user_id}/sessions', { user_id: 'a/b?c#d' })).toBe(
      '/admin/users/a%2Fb%3Fc%23d/sessions',
    )
    for (const bad of ['..', '.', ''])
      expect(() => fillPath('/admin/users/{user_id}', { user_id: bad })).toThrow('cannot be')
  })
})

describe('help', () => {
  it('is there for the program, groups and commands', async () => {
    const top = await run('--help')
    expect(top.code).toBe(0)
    for (const group of ['users', 'roles', 'audit', 'login']) expect(top.stdout).toContain(`\n  ${group}`)
    expect((await run('roles', '--help')).stdout).toContain('roles create')
    const create = await run('roles', 'create', '--help')
    expect(create.stdout).toContain('--permissions <text>')
    expect(create.stdout).toContain('--data <json>')
    const bare = await run()
    expect([bare.code, bare.stdout]).toEqual([2, ''])
  })
})

describe('completion', () => {
  const values = (...typed: string[]) =>
    complete(commands, typed, ['staging', 'production']).map(({ value }) => value)

  it('offers words, options, values and profiles', () => {
    expect(values('rol')).toEqual(['roles'])
    expect(values('roles', '').sort()).toEqual(['create', 'delete', 'get', 'list', 'update'])
    expect(values('roles', 'create', '--perm')).toEqual(['--permissions'])
    expect(values('roles', 'create', '--assignable-in', '')).toEqual(['platform', 'organization'])
    expect(values('--profile', 'prod')).toEqual(['production'])
    expect(values('roles', 'list', '-o', 'nd')).toEqual(['ndjson'])
    expect(values('api', '')).toContain('PATCH')
    expect(values('api', 'GET', '')).toEqual([])
  })

  it('knows every command and hides nothing but itself', () => {
    expect(command('completion', 'zsh').summary).toContain('zsh')
    expect(values('')).not.toContain('__complete')
  })
})
