/**
 * How Postgres answers: the statements that an operation really sent, with its values, explained on the full
 * tables. A plan is told in one line: its nodes from the outside in, and the indexes it read.
 */
import type pg from 'pg'
import type { AdminServer } from './admin-server.ts'
import type { AdminFacts, AdminScenario } from './scenarios.ts'

export interface Explained {
  readonly title: string
  readonly sql: string
  /** Nodes from the outside in, e.g. `Limit > Index Scan users_created`. */
  readonly nodes: string
  readonly milliseconds: number
  readonly rows: number
  /** 8 KiB pages read from memory or disk. */
  readonly pages: number
  /** A table of 10,000 rows or more was read from end to end. */
  readonly scansTable: boolean
}

interface Plan {
  readonly 'Node Type': string
  readonly 'Index Name'?: string
  readonly 'Relation Name'?: string
  readonly 'Actual Rows': number
  readonly 'Actual Loops': number
  readonly 'Rows Removed by Filter'?: number
  readonly 'Shared Hit Blocks': number
  readonly 'Shared Read Blocks': number
  readonly Plans?: readonly Plan[]
}

const largeTable = 10_000

/** Explains what the first request of `scenario` asks the database, its authorization aside. */
export async function explainScenario(
  server: AdminServer,
  database: pg.Client,
  scenario: AdminScenario,
  facts: AdminFacts,
): Promise<Explained[]> {
  const [request] = await scenario.requests(server, facts)
  if (request?.method !== 'GET' || scenario.group === 'Mixed') return []
  // Once before, so that what the worker caches is cached.
  await server.get(request.path)
  await server.observe(true)
  await server.get(request.path)
  const { requests } = await server.observed()
  const statements = requests
    .flatMap(({ queries }) => queries)
    .filter(({ text }) => /\b(users|audit_events)\b/.test(text))
  const explained: Explained[] = []
  for (const { text, values } of statements) {
    if (/^\s*set /i.test(text)) continue
    explained.push(await explain(database, scenario.title, text, values))
  }
  return explained
}

async function explain(
  database: pg.Client,
  title: string,
  text: string,
  values: unknown[],
): Promise<Explained> {
  // Twice: the first run may read from disk what later ones find in memory.
  const run = async () => {
    const { rows } = await database.query<{
      'QUERY PLAN': [{ Plan: Plan; 'Execution Time': number; 'Planning Time': number }]
    }>(`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`, values)
    return rows[0]?.['QUERY PLAN'][0]
  }
  await run()
  const plan = await run()
  if (!plan) throw new Error(`no plan for ${title}`)
  const root = plan.Plan
  return {
    title,
    sql: text.replaceAll(/\s+/g, ' ').trim(),
    nodes: nodesOf(root).join(' > '),
    milliseconds: plan['Execution Time'] + plan['Planning Time'],
    rows: root['Actual Rows'] * root['Actual Loops'],
    pages: root['Shared Hit Blocks'] + root['Shared Read Blocks'],
    scansTable: flatten(root).some(isTableScan),
  }
}

const flatten = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(flatten)]

const isTableScan = (plan: Plan): boolean =>
  plan['Node Type'] === 'Seq Scan' &&
  (plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0)) * plan['Actual Loops'] >= largeTable

function nodesOf(plan: Plan): string[] {
  const name = [
    plan['Node Type'],
    plan['Index Name'] ?? (plan['Node Type'].includes('Scan') ? plan['Relation Name'] : undefined),
  ]
  const [first, ...others] = plan.Plans ?? []
  const inner = first ? nodesOf(first) : []
  const beside = others.map((other) => nodesOf(other).join(' > '))
  return [
    name.filter(Boolean).join(' '),
    ...inner,
    ...(beside.length > 0 ? [`(and ${beside.join(', ')})`] : []),
  ]
}
