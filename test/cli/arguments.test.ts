/** Arguments, help, completion and names of commands: all from the declarations. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type CatalogueOperation, loadCatalogue } from '../../cli/api/catalogue.ts'
import { usageOf } from '../../cli/command.ts'
import { createCommands } from '../../cli/commands/index.ts'
import { nameOperation } from '../../cli/commands/name-operation.ts'
import { fillPath } from '../../cli/commands/operation-request.ts'
import { columns } from '../../cli/commands/presentation.ts'
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

  it('show columns that there are, for lists that there are', () => {
    for (const [id, shown] of Object.entries(columns)) {
      const known = catalogue.find((operation) => operation.id === id)?.columns?.map(({ name }) => name)
      expect(known, id).toEqual(expect.arrayContaining([...shown]))
    }
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
    [['roles', 'list', '--nme', 'x'], 'There is no option --nme'],
    [['users', 'list', '--statu', 'active'], 'Did you mean: --status'],
    [['users', 'list', '--no-enabeld'], 'There is no option --no-enabeld'],
    [['--outptu', 'json', 'users', 'list'], 'Did you mean: --output'],
    [['users', '--limt', '5', 'list'], 'Did you mean: --limit'],
    [['users', 'list', '--status', 'activ'], 'one of active, disabled; not “activ”.\n  Did you mean: active'],
    [['users', 'list', '--limit'], '--limit needs a value (<number>)'],
    [['users', 'list', '--sort'], '--sort needs a value: created_at, -created_at'],
    [['users', 'list', '--sort', '-x'], 'One that begins with a dash: --sort=-…'],
    [['users', 'list', '--yes=1'], '--yes takes no value'],
    [['users', 'list', '--status', 'active', '--status', 'disabled'], '--status is given twice'],
    [['audit', 'events', 'list', '--families', 'user,clint'], 'Did you mean: client'],
    [['audit', 'events', 'list', '--from', '2026-02-30'], '“2026-02-30” is no time'],
    [['users', 'list', '--columns', 'id,nmae'], 'There is no column “nmae”, but id, username, email'],
    [['audit', 'tail', '-n', 'x'], '--lines is a whole number'],
    [['audit', 'tail', '-n', '5', '--after', '3'], 'both say where to begin'],
    [['rate-limits', 'get', 'login'], 'one of login-ip, login-device'],
    [
      ['users', 'roles', 'set', 'ada', '--roles', ''],
      '--roles has an empty entry.\n  An empty list is given as JSON: --data \'{"roles": []}\'',
    ],
    [['users', 'create', '--username', 'ada'], 'one of temporary_password, password, invitation, none'],
    [['userz', 'lst'], 'Did you mean: authly users\n'],
    [['userz', 'list'], 'Did you mean: authly users list'],
    [['list', 'users'], 'Did you mean: authly users list'],
    [['-o', 'json', 'banana'], 'There is no command “authly banana”'],
    [['roles', 'frob'], 'There are: create, delete, get, list, update'],
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

  it('lists are given by commas, by repetition, or both; values that begin with a dash as they are', () => {
    const { options } = parseArguments(command('clients', 'create'), [
      ...['--scope', 'openid,profile', '--scope', 'email phone'],
      ...['--redirect-uris', 'https://a.example/,https://b.example/'],
    ])
    expect(options['scope']).toEqual(['openid', 'profile', 'email', 'phone'])
    expect(options['redirect-uris']).toEqual(['https://a.example/', 'https://b.example/'])
    expect(parseArguments(command('users', 'list'), ['--sort', '-name']).options['sort']).toBe('-name')
    const hash = '-HItDXHojoyYMAW-BSsyhOmloBHxt54FZlCAJ2knV9o'
    const verify = command('audit', 'verify')
    expect(parseArguments(verify, ['trail', '--anchor', hash]).options['anchor']).toEqual([hash])
    expect(() => parseArguments(verify, ['trail', '--anchor', '--offline'])).toThrow('--anchor needs a value')
    expect(parseArguments(command('api'), ['get', '/x', '--header', 'a: b,c']).options['header']).toEqual([
      'a: b,c',
    ])
  })
})

describe('errors', () => {
  it.each([
    [['users', 'lst', '-o', 'json']],
    [['users', 'list', '--output=ndjson', '--nme', 'x']],
    [['-ojson', 'users', 'list', '--limit', 'x']],
  ])('are JSON for who wants JSON: %j', async (argv) => {
    const { code, stdout, stderr } = await run(...argv)
    expect([code, stdout]).toEqual([2, ''])
    expect(JSON.parse(stderr)).toMatchObject({ error: expect.any(String), message: expect.any(String) })
  })
})

describe('the version', () => {
  it('is that of the package, wherever it is asked for', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
    for (const argv of [['--version'], ['-V'], ['users', '--version'], ['users', 'list', '--version']]) {
      expect(await run(...argv)).toEqual({ code: 0, stdout: `authly ${version}\n`, stderr: '' })
    }
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
    expect(await run('help', 'roles', 'create')).toEqual(create)
    const bare = await run()
    expect([bare.code, bare.stdout]).toEqual([2, ''])
  })

  it('fits a narrow terminal, and says how times, lists and names are given', async () => {
    const terminal = testTerminal({ env: { HOME: '/nonexistent' }, isTTY: true, columns: 60 })
    expect(await runProgram(commands, ['audit', 'events', 'list', '--help'], terminal)).toBe(0)
    const lines = terminal.printed.stdout.split('\n')
    expect(lines.filter((line) => line.length > 60)).toEqual([])
    const text = terminal.printed.stdout.replaceAll(/\s+/g, ' ')
    expect(text).toContain('A <time> is a date, 2026-01-31, which means its start (00:00 UTC)')
    expect(text).toContain('separated by commas, or repeated')
    expect(text).toContain('id, username or e-mail address')
  })

  it('has a sentence for every command, argument and option', () => {
    for (const { words, summary, options = [], positionals = [] } of commands) {
      for (const text of [
        summary,
        ...options.map((one) => one.summary),
        ...positionals.map((one) => one.summary),
      ])
        expect(text, words.join(' ')).toMatch(/^[\p{Lu}`*]/u)
    }
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
    expect(values('audit', 'tail', '--families', 'user,cl')).toEqual(['user,client'])
    expect(values('api', '')).toContain('PATCH')
    expect(values('api', 'GET', '')).toEqual([])
  })

  it('knows every command and hides nothing but itself', () => {
    expect(command('completion', 'zsh').summary).toContain('zsh')
    expect(values('')).not.toContain('__complete')
  })
})
