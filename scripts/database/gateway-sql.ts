/** Runs the statements of one `POST /sql` request and returns results as @neondatabase/serverless expects them. */
import type pg from 'pg'
import type { SqlQuery, SqlRequest } from './gateway-request.ts'

export type SqlResult = {
  fields: pg.FieldDef[]
  command: string
  rowCount: number | null
  rows: unknown[]
  rowAsArray: boolean
}

/** The response body: one result, or `{results}` for a batch, which ran in one transaction. */
export async function runSql(
  pool: pg.Pool,
  request: SqlRequest,
): Promise<SqlResult | { results: SqlResult[] }> {
  const client = await pool.connect()
  let failure: Error | undefined
  const noteBroken = (error: Error) => {
    failure = error
  }
  client.on('error', noteBroken)
  try {
    if (request.isBatch) return { results: await runBatch(client, request) }
    return await runOne(client, request.queries[0] as SqlQuery, request)
  } finally {
    client.off('error', noteBroken)
    // A lone BEGIN must not leave its transaction open for the next request.
    client.release(failure ?? client.getTransactionStatus() !== 'I')
  }
}

async function runBatch(client: pg.PoolClient, request: SqlRequest): Promise<SqlResult[]> {
  await client.query(request.begin)
  try {
    const results: SqlResult[] = []
    for (const query of request.queries) results.push(await runOne(client, query, request))
    await client.query('COMMIT')
    return results
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  }
}

async function runOne(client: pg.PoolClient, query: SqlQuery, request: SqlRequest): Promise<SqlResult> {
  // queryMode: the extended protocol takes exactly one statement, as Neon does.
  const config = { text: query.text, values: query.values, rowMode: 'array', queryMode: 'extended' } as const
  const { fields, command, rowCount, rows } = await client.query<unknown[]>(config)
  return {
    fields: fields.map(({ name, tableID, columnID, dataTypeID, dataTypeSize, dataTypeModifier, format }) => {
      return { name, tableID, columnID, dataTypeID, dataTypeSize, dataTypeModifier, format }
    }),
    command,
    rowCount,
    rows: shapeRows(rows, fields, request),
    rowAsArray: request.arrayMode,
  }
}

function shapeRows(rows: unknown[][], fields: pg.FieldDef[], request: SqlRequest): unknown[] {
  const typed = request.rawText
    ? rows
    : rows.map((row) => row.map((value, i) => toJson(value, fields[i]?.dataTypeID)))
  if (request.arrayMode) return typed
  return typed.map((row) => Object.fromEntries(row.map((value, i) => [fields[i]?.name, value])))
}

/** Without `Neon-Raw-Text-Output`, booleans, small numbers and JSON become JSON values; everything else stays text. */
function toJson(value: unknown, typeId: number | undefined): unknown {
  if (typeof value !== 'string') return value
  switch (typeId) {
    case 16: // bool
      return value === 't'
    case 21: // int2
    case 23: // int4
      return Number.parseInt(value, 10)
    case 700: // float4
    case 701: // float8
      return Number.isFinite(Number(value)) ? Number(value) : value
    case 114: // json
    case 3802: // jsonb
      return JSON.parse(value)
    default:
      return value
  }
}
