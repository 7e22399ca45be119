/** The closing line of a run: a failure must never be counted away. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { describeTotals, reportPath, writeTotals } from '../../scripts/test-report.ts'

const folder = mkdtempSync(join(tmpdir(), 'authly-reports-'))
afterAll(() => rmSync(folder, { recursive: true }))

const write = (project: string, counts: object) =>
  writeFileSync(
    reportPath(project, folder),
    JSON.stringify({
      ...{ success: true, numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0 },
      ...counts,
    }),
  )

describe('describeTotals', () => {
  test('adds the projects up and ends with "N passed, N failed"', () => {
    write('unit', { numPassedTests: 40 })
    write('worker', { numPassedTests: 2, numPendingTests: 1 })
    const { text, ok } = describeTotals(['unit', 'worker'], folder)
    expect(text.split('\n').at(-1)).toBe('42 passed, 0 failed')
    expect(text).toContain('2 passed, 0 failed, 1 skipped')
    expect(ok).toBe(true)
  })

  test('counts failed tests', () => {
    write('scripts', { success: false, numPassedTests: 3, numFailedTests: 2 })
    expect(describeTotals(['scripts'], folder)).toMatchObject({
      ok: false,
      text: expect.stringMatching(/3 passed, 2 failed$/),
    })
  })

  test('counts a project that failed before its tests ran as a failure', () => {
    write('conformance', { success: false, numPassedTests: 3 })
    expect(describeTotals(['conformance'], folder)).toMatchObject({
      ok: false,
      text: expect.stringMatching(/3 passed, 1 failed$/),
    })
  })

  test('adds suites that vitest does not run', () => {
    writeTotals('schemathesis', 113, 0, folder)
    writeTotals('generators', 10, 1, folder)
    expect(describeTotals(['schemathesis', 'generators'], folder)).toMatchObject({
      ok: false,
      text: expect.stringMatching(/123 passed, 1 failed$/),
    })
  })

  test('counts a project without a report as a failure', () => {
    expect(describeTotals(['e2e'], folder)).toMatchObject({
      ok: false,
      text: expect.stringMatching(/0 passed, 1 failed$/),
    })
  })
})
