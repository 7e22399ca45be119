/** The alert rules, evaluated by Prometheus' own tool. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isAlert } from '../../scripts/ops/rules/rule.ts'
import { renderPrometheusConfig, renderRules, ruleGroups } from '../../scripts/ops/rules/rule-files.ts'
import { burnRateCases } from './burn-rate-cases.ts'
import { causeCases } from './cause-cases.ts'
import { expectAlerts, promtool, withFolder } from './promtool.ts'

const cases = [...burnRateCases, ...causeCases]

describe('rule files', () => {
  it.each([undefined, 20])('are what Prometheus takes, with time scale %s', async (timeScale) => {
    const options = timeScale === undefined ? {} : { timeScale }
    await withFolder(async (folder) => {
      await writeFile(join(folder, 'authly.rules.yml'), renderRules(options))
      await writeFile(join(folder, 'metrics-token'), 'token')
      await writeFile(join(folder, 'prometheus.yml'), renderPrometheusConfig(options))
      expect(await promtool('check', 'config', join(folder, 'prometheus.yml'))).toContain('SUCCESS')
    })
  })

  it('have cases in which each alert fires, and others in which it does not', () => {
    const alerts = ruleGroups().flatMap(({ rules }) => rules.filter(isAlert))
    for (const name of new Set(alerts.map(({ alert }) => alert))) {
      const own = cases.filter(({ alert }) => alert === name)
      expect(
        own.some(({ firing }) => firing.length > 0),
        `${name} fires`,
      ).toBe(true)
      expect(
        own.some(({ firing }) => firing.length === 0),
        `${name} does not fire`,
      ).toBe(true)
    }
    const tiers = (rules: readonly { alert: string; burnRate: string | undefined }[]) =>
      new Set(rules.filter(({ burnRate }) => burnRate).map(({ alert, burnRate }) => `${alert} ${burnRate}`))
    expect(
      tiers(cases.flatMap(({ firing }) => firing.map((one) => ({ burnRate: undefined, ...one })))),
    ).toEqual(tiers(alerts.map(({ alert, labels }) => ({ alert, burnRate: labels['burn_rate'] }))))
  })
})

describe.each([...new Set(cases.map(({ alert }) => alert))])('%s', (name) => {
  const own = cases.filter(({ alert }) => alert === name)
  it.each(own)('$title', async (alertCase) => {
    expect(await expectAlerts(renderRules(), alertCase)).toContain('SUCCESS')
  })
})
