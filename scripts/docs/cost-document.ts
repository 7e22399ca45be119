/** docs/cost.md. Pure. */
import { type Budget, budgets, storedBytes } from '../../test/contracts/budgets.ts'
import {
  type Bill,
  billOf,
  type Mix,
  mixes,
  postgres,
  published,
  requestsPerMonth,
  roundsOf,
} from '../cost/months.ts'
import {
  assumptions,
  cpuMsOf,
  expiryUsage,
  operationNames,
  readCpuMs,
  returningUsage,
  usageOf,
  webhookUsage,
} from '../cost/operations.ts'
import {
  addUp,
  marginalDollars,
  planDollars,
  prices,
  pricesAsOf,
  sources,
  unitNames,
} from '../cost/prices.ts'
import { telemetryRows } from '../cost/telemetry.ts'
import { generatedNotice, table } from './markdown.ts'

const million = 1_000_000

const dollars = (amount: number): string => `$${amount.toFixed(2)}`
const quantity = (amount: number): string => {
  if (amount >= 1000 * million) return `${amount / (1000 * million)} billion`
  if (amount >= million) return `${Number((amount / million).toFixed(1))} million`
  return amount >= 1000
    ? Math.round(amount).toLocaleString('en-US')
    : String(Number(amount.toFixed(amount < 10 ? 2 : 0)))
}
const perMillion = (usage: Parameters<typeof marginalDollars>[0]): string =>
  dollars(marginalDollars(usage) * million)

/** @param performance the text of docs/performance.md, where CPU was measured */
export function costDocument(performance: string): string {
  const measured = readCpuMs(performance)
  const bills = mixes.map((mix) => ({ mix, bill: billOf(mix, measured) }))
  return [
    generatedNotice('scripts/cost/, test/contracts/budgets.ts and docs/performance.md'),
    '# Cost',
    `What a deployment costs at list prices of ${pricesAsOf}, from the units that tests count ([I/O budgets](io-budgets.md)) and the CPU that the benchmark measures ([performance](performance.md)). Estimates: no bill of Cloudflare or Neon has been compared with them yet.`,
    '## Per million',
    'What a million more of each cost when everything that the plan includes is used up. Durable Objects are counted as if nobody did anything else within two hours, so that no alarm is shared. Postgres is billed by its size, not by its queries.',
    flowTable(measured),
    operationTable(measured),
    `## A month with ${quantity(requestsPerMonth)} requests`,
    monthIntroduction(bills),
    summaryTable(bills),
    ...bills.slice(0, 1).map(({ mix, bill }) => billTable(mix, bill)),
    whatCosts(bills),
    '## Logs, traces, metrics',
    'Beside the bills above. Until the end of November 2026 Workers Logs are billed by event, from December by gigabyte, together with traces. What is added is counted from December.',
    table(['What is switched on', 'A month', 'How'], telemetryRows(requestsPerMonth)),
    '## Prices',
    priceTable(),
    '## Assumptions',
    assumptionList(),
  ].join('\n\n')
}

function flowTable(measured: ReadonlyMap<string, number>): string {
  const use = (name: Parameters<typeof usageOf>[0]) => usageOf(name, measured)
  const silent = addUp(
    [1, use('silentAuthorize')],
    [1, use('authorizationCode')],
    [1, use('userinfo')],
    [1, use('discovery')],
    [1, returningUsage()],
  )
  const hosted = addUp(
    [2, use('hostedPage')],
    [1, use('passwordLogin')],
    [1, use('resumedAuthorize')],
    [1, use('authorizationCode')],
    [1, expiryUsage()],
  )
  return table(
    ['A million …', 'Dollars'],
    [
      ['sign-ins with a live session: authorize, code, userinfo, discovery', perMillion(silent)],
      ['sign-ins with a password: two pages, password, authorize, code', perMillion(hosted)],
      ['tokens by `client_credentials`', perMillion(use('clientCredentials'))],
      ['tokens by `authorization_code`', perMillion(use('authorizationCode'))],
      ['tokens by `refresh_token`', perMillion(use('refreshToken'))],
      ['introspections', perMillion(use('introspect'))],
      ['events that a webhook endpoint gets, each alone', perMillion(webhookUsage('webhookEvent'))],
      [
        'looks at the trail for webhooks: 0.18 a month while an endpoint is enabled',
        perMillion(webhookUsage('webhookLook')),
      ],
    ],
  )
}

function operationTable(measured: ReadonlyMap<string, number>): string {
  const rows = operationNames.map((name) => {
    const usage = usageOf(name, measured)
    const { cpuMs, isMeasured } = cpuMsOf(name, measured)
    return [
      (budgets[name] as Budget).operation,
      `${isMeasured ? '' : '~ '}${cpuMs.toFixed(2)}`,
      (usage.objectRequests ?? 0).toFixed(2),
      (usage.rowsRead ?? 0).toFixed(1),
      (usage.rowsWritten ?? 0).toFixed(1),
      perMillion(usage),
    ]
  })
  const head = [
    'Operation',
    'CPU ms (~ assumed)',
    'Object requests',
    'Rows read',
    'Rows written',
    'Dollars per million',
  ]
  return table(head, rows)
}

type Bills = readonly { readonly mix: Mix; readonly bill: Bill }[]

function monthIntroduction(bills: Bills): string {
  const [first] = bills
  const isMet = first !== undefined && first.bill.total < published.dollars
  return [
    `The best figure that somebody else has published for this runtime is **${dollars(published.dollars)}** (${published.by}), for ${quantity(requestsPerMonth)} requests: 4.5 million sign-ins of four requests (authorize, token, userinfo, discovery). It contains Workers, KV, Durable Objects and D1, no stored data, and no password: its loads were run with sessions and one-time codes.`,
    `The same mix here, with Postgres, with everything that is stored, and with the audit trail: **${dollars(first?.bill.total ?? 0)}**. The goal, to be below, is ${isMet ? 'met' : '**missed**'}. The other mixes show how it depends on what is asked.`,
  ].join(' ')
}

const summaryTable = (bills: Bills): string =>
  table(
    ['Mix', 'Rounds', 'Plan, requests, CPU', 'Durable Objects', 'Postgres', 'Together'],
    bills.map(({ mix, bill }) => {
      const sum = (...units: (keyof typeof prices)[]) =>
        units.reduce((total, unit) => total + (bill.lines.get(unit) ?? 0), 0)
      return [
        mix.name,
        quantity(roundsOf(mix)),
        dollars(planDollars + sum('workerRequests', 'cpuMs')),
        dollars(sum('objectRequests', 'objectGbSeconds', 'rowsRead', 'rowsWritten', 'objectGbMonths')),
        dollars(sum('computeHours', 'postgresGbMonths', 'historyGbMonths')),
        dollars(bill.total),
      ]
    }),
  )

function billTable(mix: Mix, { usage, lines, total }: Bill): string {
  const rows = unitNames
    .filter((unit) => (usage[unit] ?? 0) > 0)
    .map((unit) => [
      ...[prices[unit].unit, quantity(usage[unit] ?? 0), quantity(prices[unit].included)],
      dollars(lines.get(unit) ?? 0),
    ])
  return `The first of them, ${mix.name}:\n\n${table(
    ['Unit', 'Used', 'Included', 'Dollars'],
    [
      ['Workers Paid plan', '', '', dollars(planDollars)],
      ...rows,
      ['**Together**', '', '', `**${dollars(total)}**`],
    ],
  )}`
}

/** The dearest unit of each mix, by name: where to look first. */
function whatCosts(bills: Bills): string {
  const dearest = bills.map(({ mix, bill }) => {
    const [unit, amount] = [...bill.lines].reduce((most, line) => (line[1] > most[1] ? line : most))
    return `- ${mix.name}: ${prices[unit].unit}, ${dollars(amount)}`
  })
  const hint =
    'The dearest unit of each mix follows; [decision 50](decisions/0050-rows-written-are-the-bill.md) says what was cut, and what was not.'
  return [hint, dearest.join('\n')].join('\n\n')
}

const priceTable = (): string =>
  table(
    ['Unit', 'Dollars', 'Included a month', 'Source'],
    [
      ['Workers Paid plan', `${dollars(planDollars)} a month`, '', sources.workers],
      ...unitNames.map((unit) => {
        const { unit: name, dollars: price, per, included, source } = prices[unit]
        const of = per === 1 ? '' : ` per ${quantity(per).replace(/^1 /, '')}`
        return [name, `$${price}${of}`, included === 0 ? '' : quantity(included), sources[source]]
      }),
    ],
  )

function assumptionList(): string {
  const { objectSeconds, deliverySeconds, requestsPerLease, eventsPerBatch } = assumptions
  return [
    `- **Durable Object duration.** Billed is wall-clock time, at 128 MB an object, while it runs or cannot hibernate; an idle object that may hibernate costs nothing, also before the runtime evicts it. Authly's objects keep no timer and no open request after a call, so a call is taken as ${objectSeconds * 1000} ms and an alarm that delivers to Postgres as ${deliverySeconds * 1000} ms more. That is with metrics and export by OTLP off: an object that hands over what it counted, at most every five seconds, stays for 100 ms longer, and one that sends spans for a second. Only the live audit stream and watched jobs keep an object awake; they are not in these mixes.`,
    `- **CPU** is that of the whole workerd process on the machine of the benchmark, Durable Objects, HTTP and kernel included; Cloudflare bills JavaScript and cryptography of the Worker alone. Operations that it does not measure count as ${assumptions.otherMs} ms, a password as ${assumptions.passwordHashMs} ms more.`,
    `- **Sharing.** At 7 requests a second, over several isolates: a lease of a rate limit lasts for ${requestsPerLease} requests of a client (at most 60) and one of an address, a batch of shared audit events contains ${eventsPerBatch} (at most 200), and requests come evenly, which decides how many batches one of the eight shared outboxes delivers together. More traffic shares more.`,
    `- **Stored.** ${storedBytes.person / 1000} kB in the object of a person, until session, grant and device have expired (a test measures it), and its tables anew every 90 days; ${postgres.bytesPerEvent} bytes of Postgres for an audit event with its indexes, for as long as the default retention keeps it, plus ${postgres.otherGb} GB for the rest; history for restores of ${postgres.daysOfHistory} days.`,
    `- **Postgres.** The cron job and the outboxes keep it awake all month; ${postgres.computeUnits} CU are enough for this load. High availability or the Scale plan cost more.`,
    '- **Not counted:** taxes, R2 and exports, administration, refused requests, Load Balancing, data that leaves Neon beyond the included 100 GB.',
  ].join('\n')
}
