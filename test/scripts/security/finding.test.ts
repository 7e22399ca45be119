/** The list of explained findings: it covers what it names, and nothing that was added or is gone. */
import { describe, expect, test } from 'vitest'
import {
  checkExplanations,
  compareWithList,
  type Explanation,
  type Finding,
} from '../../../scripts/security/finding.ts'

const finding: Finding = {
  rule: 'semgrep/sql-from-text',
  place: 'src/a.ts',
  match: 'sql.raw(name)',
  message: '',
}
const explanation: Explanation = {
  rule: 'semgrep/sql-from-text',
  place: ['src/a.ts', 'src/b.ts'],
  match: ['sql.raw(name)'],
  reason: 'The name is one of a constant list.',
  reviewed: '2026-11-28',
}
const inBoth = [finding, { ...finding, place: 'src/b.ts' }]

describe('the list of explained findings', () => {
  test('covers the places and matches that it names', () => {
    expect(compareWithList(inBoth, [explanation], 'semgrep')).toEqual({ unexplained: [], stale: [] })
  })

  test.each<Partial<Finding>>([
    { match: 'sql.raw(other)' },
    { place: 'src/c.ts' },
    { rule: 'semgrep/code-from-text' },
  ])('does not cover %j', (change) => {
    const added = { ...finding, ...change }
    expect(compareWithList([...inBoth, added], [explanation], 'semgrep').unexplained).toEqual([added])
  })

  test('must not name what is not found any more', () => {
    expect(compareWithList([finding], [explanation], 'semgrep').stale).toEqual([
      'semgrep/sql-from-text: nothing is found at src/b.ts any more',
    ])
    const more = { ...explanation, match: ['sql.raw(name)', 'sql.raw(gone)'] }
    expect(compareWithList(inBoth, [more], 'semgrep').stale).toEqual([
      'semgrep/sql-from-text: nothing matches any more: sql.raw(gone)',
    ])
  })

  test('is not judged by a scanner that did not run', () => {
    expect(compareWithList([], [explanation], 'secrets').stale).toEqual([])
  })

  test.each<[fault: string, change: Partial<Explanation>]>([
    ['the reason explains nothing', { reason: 'false positive' }],
    ['reviewed is not a day', { reviewed: 'yesterday' }],
    ['reviewed is not a day', { reviewed: '2999-01-01' }],
    ['names no place or match', { match: [] }],
  ])('is refused when %s', (fault, change) => {
    expect(checkExplanations([{ ...explanation, ...change }])).toEqual([expect.stringContaining(fault)])
    expect(checkExplanations([explanation])).toEqual([])
  })
})
