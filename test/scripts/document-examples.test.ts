/**
 * Examples of the documents: each is tried as far as that needs no server. Commands are those of the command line, with
 * options that it has; TypeScript compiles against the packages of this repository; JSON parses; addresses are complete.
 */
import { execFileSync } from 'node:child_process'
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createCommands } from '../../cli/commands/index.ts'
import { findCommand } from '../../cli/find-command.ts'
import { parseArguments } from '../../cli/parse-arguments.ts'
import { apiFiles, loadDocument } from '../../scripts/docs/api-files.ts'
import type { OpenApiDocument } from '../../scripts/docs/openapi/openapi-types.ts'
import { readStartOptions } from '../../scripts/stack/start-options.ts'
import { codeBlocks, inlineCode, shellCommands } from './markdown-code.ts'

const documents = ['README.md', 'SECURITY.md', ...globSync('docs/**/*.md')]
const blocks = documents.flatMap((document) => codeBlocks(document, readFileSync(document, 'utf8')))
const files = apiFiles(await loadDocument())
const commands = createCommands(JSON.parse(files['cli/operations.json']))

const where = ({ document, line }: { document: string; line: number }) => `${document}:${line}`

/** What is wrong with it, in the words of the command line. */
function faultOf(argv: readonly string[]): string | undefined {
  const { command, args, words, strayAt } = findCommand(commands, argv)
  if (command === undefined) {
    // A group of commands, named as such.
    return strayAt === undefined && words.length > 0 ? undefined : `no command: authly ${argv.join(' ')}`
  }
  try {
    parseArguments(command, args)
    return undefined
  } catch (error) {
    return `authly ${argv.join(' ')}: ${(error as Error).message}`
  }
}

describe('commands', () => {
  test('finds what is wrong with one (or the tests below could not fail)', () => {
    expect(faultOf(['users', 'list', '--username', 'ada'])).toBeUndefined()
    expect(faultOf(['users', 'lst'])).toContain('no command')
    expect(faultOf(['users', 'list', '--nonsense'])).toContain('--nonsense')
    expect(faultOf(['users', 'get'])).toBeDefined()
  })

  test('of authly in examples exist, with these options', () => {
    const found = blocks
      .filter(({ language }) => ['sh', 'console', ''].includes(language))
      .flatMap((block) => shellCommands(block.text).map((argv) => ({ block, argv })))
      .flatMap(({ block, argv }) => {
        const at = argv.indexOf('authly')
        const isProgram = at === 0 || (at === 1 && argv[0] === 'npx')
        return isProgram ? [{ block, argv: argv.slice(at + 1) }] : []
      })
    expect(found.length).toBeGreaterThan(40)
    const faults = found.flatMap(({ block, argv }) => {
      const fault = faultOf(argv)
      return fault === undefined ? [] : [`${where(block)} ${fault}`]
    })
    expect(faults).toEqual([])
  })

  test('of authly in running text exist', () => {
    const faults = documents.flatMap((document) =>
      inlineCode(readFileSync(document, 'utf8'))
        .filter((code) => /^(?:npx )?authly [a-z]/.test(code))
        .flatMap((code) => {
          const [argv = []] = shellCommands(code.replace(/^npx /, ''))
          const fault = faultOf(argv.slice(1))
          // A sentence leaves out what it is about, and writes `<name>` or `…` for what is one of a list.
          const isSentence = fault === undefined || /missing|needs|“(?:placeholder|…)”/.test(fault)
          return isSentence ? [] : [`${document}: ${code}: ${fault}`]
        }),
    )
    expect(faults).toEqual([])
  })

  test('of npm start have options that it knows', () => {
    const found = blocks
      .flatMap((block) => shellCommands(block.text))
      .filter(([npm, start]) => npm === 'npm' && start === 'start')
    expect(found.length).toBeGreaterThan(3)
    for (const argv of found) {
      const dashes = argv.indexOf('--')
      if (dashes > 0) readStartOptions(argv.slice(dashes + 1))
    }
    expect(() => readStartOptions(['--nonsense'])).toThrow()
  })
})

test('JSON parses', () => {
  const found = blocks.filter(({ language }) => language === 'json')
  expect(found.length).toBeGreaterThan(8)
  for (const block of found) expect(() => JSON.parse(block.text), where(block)).not.toThrow()
})

test('requests are of paths that there are', () => {
  const { paths }: OpenApiDocument = JSON.parse(files['public/openapi.json'])
  const templates = Object.keys(paths).map((path) => new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`))
  const requests = blocks
    .filter(({ language }) => language === 'http')
    .flatMap((block) =>
      [...block.text.matchAll(/^(?:GET|POST|PUT|PATCH|DELETE) (\S+) HTTP\/1\.1$/gm)].map(
        ([, target = '']) => ({
          block,
          path: target.split('?')[0] ?? '',
        }),
      ),
    )
  expect(requests.length).toBeGreaterThan(2)
  for (const { block, path } of requests) {
    expect(
      templates.some((template) => template.test(path)),
      `${where(block)} ${path}`,
    ).toBe(true)
  }
})

test('TypeScript compiles against the packages of this repository', () => {
  // Those of the quickstarts are files of one project, which test/quickstarts/ builds and runs.
  const found = blocks.filter(
    ({ document, language }) => /^tsx?$/.test(language) && !document.startsWith('docs/quickstarts/'),
  )
  expect(found.length).toBeGreaterThan(8)
  mkdirSync('.wrangler', { recursive: true })
  const folder = mkdtempSync(join('.wrangler', 'examples-'))
  try {
    const names = found.map((block, index) => {
      const name = `example-${index}.${block.language}`
      writeFileSync(join(folder, name), `${block.text}\nexport {}\n`)
      return name
    })
    // One that must not compile: or a broken configuration would pass for correct examples.
    writeFileSync(
      join(folder, 'wrong.ts'),
      "import { createAuthly } from '@authly-server/browser'\ncreateAuthly({ isuer: '' })\n",
    )
    const config = {
      extends: '../../tsconfig.node.json',
      compilerOptions: {
        ...{
          types: ['node'],
          lib: ['ES2024', 'DOM', 'DOM.Iterable'],
          jsx: 'react-jsx',
          jsxImportSource: 'react',
        },
        ...{ customConditions: ['authly-source'], noEmit: true },
      },
      ...{ include: ['*.ts', '*.tsx'], exclude: [] },
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
    const output = compile(folder)
    expect(output).toContain('wrong.ts')
    const faults = output
      .split('\n')
      .filter((line) => line.includes(folder) && line.includes('error') && !line.includes('wrong.ts'))
      .map((line) => {
        const index = names.findIndex((name) => line.includes(`/${name}(`))
        return index < 0
          ? line
          : `${where(found[index] as (typeof found)[number])} ${line.replace(/^.*error /, '')}`
      })
    expect(faults).toEqual([])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

function compile(folder: string): string {
  try {
    execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '--project', folder], {
      encoding: 'utf8',
    })
    return ''
  } catch (error) {
    return (error as { stdout: string }).stdout
  }
}

describe('addresses of other sites', () => {
  const links = documents.flatMap((document) => {
    const text = readFileSync(document, 'utf8').replaceAll(/^ *```[\s\S]*?^ *```/gm, '')
    return [...text.matchAll(/\]\(([a-z]+:[^)\s]*)\)/gi)].map(([, href = '']) => ({ document, href }))
  })

  test('are https, and complete', () => {
    expect(links.length).toBeGreaterThan(5)
    for (const { document, href } of links) {
      const at = `${document}: ${href}`
      expect(URL.canParse(href), at).toBe(true)
      const { protocol, hostname, username } = new URL(href)
      expect(['https:', 'mailto:'], at).toContain(protocol)
      if (protocol === 'https:') expect(hostname, at).toMatch(/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/)
      expect(username, at).toBe('')
      expect(href, at).not.toMatch(/[.,;:]$|utm_|\s/)
    }
  })
})
