/** The files for Grafana and Prometheus, as far as they can be checked without either. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createClock, day, hour, minute } from '../../scripts/ops/clock.ts'
import { dashboards } from '../../scripts/ops/dashboards/index.ts'
import { objectives } from '../../scripts/ops/objectives.ts'
import { opsFiles } from '../../scripts/ops/ops-files.ts'
import { createQueries } from '../../scripts/ops/promql.ts'
import { isAlert } from '../../scripts/ops/rules/rule.ts'
import { ruleGroups } from '../../scripts/ops/rules/rule-files.ts'
import { renderYaml } from '../../scripts/ops/yaml.ts'
import { projectRoot } from '../../scripts/stack/worker-bundle.ts'

const runbooks = join(projectRoot, 'docs/runbooks')
const alerts = ruleGroups().flatMap(({ rules }) => rules.filter(isAlert))
const names = [...new Set(alerts.map(({ alert }) => alert))].sort()

describe('runbooks', () => {
  it('are one page for each alert, and no other', () => {
    const pages = readdirSync(runbooks).filter((file) => file !== 'README.md')
    expect(pages.sort()).toEqual(names.map((name) => `${name}.md`).sort())
  })

  it.each(names)('%s says what it means, what people notice, how to find, end and verify', (name) => {
    const page = readFileSync(join(runbooks, `${name}.md`), 'utf8')
    const headings = [...page.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading)
    expect(headings).toEqual([
      ...[name, 'What it means', 'What people notice', 'Find the cause', 'End it', 'Verify'],
    ])
  })

  it('are listed with the severities of their alerts', () => {
    const table = readFileSync(join(runbooks, 'README.md'), 'utf8')
    const rows = [...table.matchAll(/^\| \[(\w+)\]\(\w+\.md\) +\| ([\w, ]+?) +\|/gm)]
    const listed = Object.fromEntries(rows.map(([, name, severities]) => [name, severities]))
    const actual = names.map((name) => {
      const severities = alerts.filter(({ alert }) => alert === name).map(({ labels }) => labels.severity)
      return [name, [...new Set(severities)].sort().join(', ')]
    })
    expect(listed).toEqual(Object.fromEntries(actual))
  })

  it('are linked from where the operator publishes them', () => {
    const [alert] = ruleGroups({ runbooks: 'https://wiki.example.test/authly/' }).flatMap(({ rules }) =>
      rules.filter(isAlert),
    )
    expect(alert?.annotations.runbook_url).toBe(`https://wiki.example.test/authly/${alert?.alert}.md`)
  })
})

describe('availability', () => {
  const { tokenAvailability, signInAvailability, adminAvailability } = objectives
  /** As Prometheus matches: from the beginning to the end. */
  const counts = (objective: Pick<typeof tokenAvailability, 'requests'>, route: string) => {
    const { text } = objective.requests(createQueries('5m'))
    const [, operator, pattern = ''] = /route(=~|!~)("[^"]*")/.exec(text) ?? []
    return new RegExp(`^(?:${JSON.parse(pattern)})$`).test(route) === (operator === '=~')
  }

  it.each([
    ['/oauth/token', 'token_availability'],
    ['/oauth/introspect', 'token_availability'],
    ['/oauth/revoke', 'token_availability'],
    ['/.well-known/openid-configuration', 'token_availability'],
    ['/.well-known/jwks.json', 'token_availability'],
    // It needs Postgres.
    ['/oidc/userinfo', 'sign_in_availability'],
    ['/oauth/authorize', 'sign_in_availability'],
    ['/login', 'sign_in_availability'],
    ['/admin/users/{user_id}', 'admin_availability'],
    ['/health/ready', undefined],
    ['/metrics', undefined],
  ])('counts %s once, as %s', (route, slo) => {
    const all = [tokenAvailability, signInAvailability, adminAvailability]
    const counting = all.filter((objective) => counts(objective, route)).map((objective) => objective.slo)
    expect(counting).toEqual(slo === undefined ? [] : [slo])
  })
})

describe('dashboards', () => {
  it('have uids and titles of their own', () => {
    expect(new Set(dashboards.map(({ uid }) => uid)).size).toBe(dashboards.length)
    expect(new Set(dashboards.map(({ title }) => title)).size).toBe(dashboards.length)
  })

  it.each(dashboards)(
    '$uid is a file for Grafana with every panel in a place of its own',
    ({ uid, rows }) => {
      const model = JSON.parse(opsFiles()[`ops/grafana/${uid}.json`] ?? '')
      const panels = model.panels.filter(({ type }: { type: string }) => type !== 'row')
      expect(panels.length).toBe(rows.flatMap((row) => row.panels).length)
      const taken = new Set<string>()
      for (const { gridPos } of model.panels) {
        for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
          const place = `${x} ${gridPos.y}`
          expect(taken.has(place), `${uid} ${place}`).toBe(false)
          expect(x).toBeLessThan(24)
          taken.add(place)
        }
      }
    },
  )

  it('ask only for the regions that are selected', () => {
    const expressions = dashboards.flatMap(({ rows }) =>
      rows.flatMap(({ panels }) => panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))),
    )
    for (const expr of expressions) {
      // The objectives themselves are the same everywhere.
      const selectors = expr.match(/\b(?:authly_\w+|region_slo:\w+:\w+)(?:\{[^}]*\})?/g) ?? []
      for (const selector of selectors.filter((one) => !one.startsWith('authly_objective')))
        expect(selector).toContain('region=~"$region"')
    }
  })
})

describe('durations', () => {
  it('are written in the largest unit that fits, and shortened by the scale', () => {
    expect([minute / 4, 5 * minute, hour, 3 * day].map(createClock().duration)).toEqual([
      '15s',
      '5m',
      '1h',
      '3d',
    ])
    expect([5 * minute, hour].map(createClock(20).duration)).toEqual(['15s', '3m'])
    expect(createClock(100).duration(5 * minute + 5)).toBe('3050ms')
    expect(createClock(20).seconds(600)).toBe(30)
  })
})

describe('YAML', () => {
  it('quotes what would be read as something else', () => {
    const text = renderYaml({
      plain: 'a word',
      colon: 'a: b',
      quote: "it's",
      yes: 'yes',
      time: '5m',
      list: [{ a: 1, b: true }],
    })
    expect(text).toBe(
      [
        'plain: a word',
        "colon: 'a: b'",
        "quote: 'it''s'",
        "'yes': 'yes'",
        "time: '5m'",
        'list:',
        '  - a: 1',
        '    b: true',
        '',
      ].join('\n'),
    )
  })
})
