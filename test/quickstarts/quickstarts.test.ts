/** What holds for every quickstart, whether or not it is executed. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readQuickstart } from '../../scripts/docs/quickstart.ts'
import { frameworks } from '../../src/clients/presets/frameworks/index.ts'
import { presetNames } from '../../src/clients/presets/preset-name.ts'

const folder = 'docs/quickstarts'
const files = readdirSync(folder).filter((file) => file.endsWith('.md') && file !== 'index.md')

describe.each(files)('%s', (file) => {
  const text = readFileSync(`${folder}/${file}`, 'utf8')
  const { checked, minutes, steps } = readQuickstart(text)

  it('takes less than ten minutes', () => {
    expect(minutes).toBeGreaterThan(0)
    expect(minutes).toBeLessThan(10)
  })

  it('says at its top what is not executed', () => {
    const [, top = ''] = /^# .+\n\n([\s\S]*?)\n\n/m.exec(text) ?? []
    expect(top.includes('**Not executed**')).toBe(checked === 'text')
    expect(top.includes('**Compiled, not executed**')).toBe(checked === 'compiled')
  })

  it('says how to sign in at the command line, which does not know a server by itself', () => {
    expect(text).toContain('`npx authly login --issuer http://localhost:8787`')
  })

  it('registers its client with one command, for a framework that the preset knows', () => {
    const commands = steps.flatMap((step) =>
      step.kind === 'commands' ? [...step.script.matchAll(/clients create (.+)/g)] : [],
    )
    const [command = '', ...callers] = commands.map(([, options = '']) => options)
    // A program that calls its API is registered beside it.
    for (const caller of callers) expect(caller).toContain('--preset machine')
    const preset = presetNames.find((name) => name === /--preset (\S+)/.exec(command)?.[1])
    expect(preset).toBeDefined()
    const named = /--framework (\S+)/.exec(command)?.[1]
    if (named === undefined || preset === undefined) return
    const framework = frameworks.find(({ name }) => name === named)
    expect(framework?.uses).toHaveProperty(preset)
    const [, written] = /--write-env \.\.\/my-app\/(\S+)/.exec(command) ?? []
    expect(written).toContain(framework?.env_file)
  })
})
