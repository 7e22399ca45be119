import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { heavySuites } from '../../scripts/check/heavy-suites-list.ts'
import { describeRecord, parseRecord } from '../../scripts/check/heavy-suites-record.ts'

it('a record says again what it was written from', () => {
  const recorded = new Map([['traces', { date: '2026-11-28', passed: 18, digest: 'a0'.repeat(16) }]])
  const text = describeRecord(heavySuites, recorded)
  expect(parseRecord(text)).toEqual([...recorded])
})

it('a suite that is gone leaves the record', () => {
  const recorded = new Map([['gone', { date: '2026-11-28', passed: 1, digest: 'b1' }]])
  expect(parseRecord(describeRecord(heavySuites, recorded))).toEqual([])
})

it('the document is in the form that the command writes, and names every suite', () => {
  const text = readFileSync('docs/heavy-suites.md', 'utf8')
  expect(describeRecord(heavySuites, new Map(parseRecord(text)))).toBe(text)
})

it.each(heavySuites)('$name covers what exists', ({ covers }) => {
  const built = covers.filter((path) => !path.startsWith('public/'))
  expect(built.filter((path) => !existsSync(path))).toEqual([])
})
