import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { insertEvents } from '../../../audit/insert-events.store.ts'
import { allRows } from '../../../db/json-row.ts'
import {
  byteOrderMark,
  contentTypes,
  createRowWriter,
  type ExportFormat,
  exportFormats,
} from '../../../jobs/formats/row-writers.ts'
import { queryFlag } from '../../../kit/field-schemas.ts'
import { err, ok } from '../../../kit/result.ts'
import { exportColumns, toExportRow } from '../../../users/jobs/export-row.ts'
import { userCondition } from '../../../users/user-filter.store.ts'
import { filterOf, userFilterQuery } from '../../../users/user-filter.ts'
import { defineOperation } from '../../operation.ts'
import { invalidRequest } from '../../problems.ts'
import { bomDescription } from '../../schemas.ts'
import { selectUsers, userRow } from '../user.store.ts'

/** Each page is one query, and Workers limit how many a request may make. */
const pageSize = 1000

const description = `Streams all accounts that the filter finds, in order of id. \`/admin/users/import\` reads the file: values it must
not take begin with \`_\`. Password hashes are never exported. Each page of 1000 asks again whether the caller may; a
stream that breaks off is not complete. Cells of a CSV that a spreadsheet would run (\`=\`, \`+\`, \`-\`, \`@\` …) begin
with an apostrophe, which the import takes away.`

export const exportUsers = defineOperation({
  id: 'exportUsers',
  method: 'get',
  path: '/admin/users/export',
  tag: 'Bulk',
  summary: 'Export accounts',
  description,
  permission: 'admin:users:export',
  query: z.object({
    format: z.enum(exportFormats).default('ndjson').openapi({ example: 'csv' }),
    bom: queryFlag(bomDescription),
    ...userFilterQuery,
  }),
  answers: {
    200: {
      description: 'The accounts, streamed',
      content: {
        'application/x-ndjson': z.string().openapi({ example: '{"id":"019a…","email":"ada@example.com"}\n' }),
        'text/csv': z.string().openapi({ example: 'id,username,email\r\n019a…,ada,ada@example.com\r\n' }),
        'application/json': z.array(z.unknown()),
      },
    },
  },
  async run({ actor, authorized, deps, event, origin, query, token }) {
    const { bom } = query
    const format: ExportFormat = query.format
    if (bom && format !== 'csv') return err(invalidRequest([{ parameter: 'bom', detail: 'is for CSV' }]))
    const filter = filterOf(query)
    const condition = userCondition(filter)
    // Not the request's database: its timeout covers a single response.
    const db = await deps.lastingDatabaseFor(authorized)
    const selectPage = (after: string | null) =>
      selectUsers(sql`(select * from users where ${condition} and (${after}::uuid is null or id > ${after}::uuid)
        order by id limit ${pageSize})`)
    const ordered = (after: string | null) => sql`${selectPage(after)} order by users.id`
    const recorded = insertEvents([
      event('user.exported', { entity_type: 'user', data: { format, filter: Object.keys(filter) } }),
    ])
    // Before the response begins, so that a refusal or an outage still determines its status.
    const [first] = await db.runAll([ordered(null), recorded])
    const sessions = deps.sessionsOf(token.subject)
    const work = { work_id: `export:${origin.request_id}`, client_id: actor.clientId }
    let isBegun = false
    /** A revoked token ends the response; one that merely expires does not. */
    const isDelegated = async () => {
      const now = deps.now()
      if (isBegun) return sessions.isDelegated({ ...work, now })
      isBegun = true
      return sessions.delegate({ ...work, now, grant_id: token.grantId, jti_hash: token.jtiHash })
    }
    let page = allRows(userRow, first)
    let isFirst = true
    const writer = createRowWriter(format, exportColumns)
    const encoder = new TextEncoder()
    const body = new ReadableStream({
      type: 'bytes',
      async pull(controller) {
        if (!isFirst && !(await isDelegated())) throw new Error('the access of this export was revoked')
        if (!isFirst) page = allRows(userRow, await db.run(ordered(page.at(-1)?.id ?? null)))
        const isLast = page.length < pageSize
        const text =
          (isFirst ? (bom ? byteOrderMark : '') + writer.start() : '') +
          writer.rows(page.map((user) => toExportRow(user, format))) +
          (isLast ? writer.end() : '')
        isFirst = false
        if (text !== '') controller.enqueue(encoder.encode(text))
        if (isLast) controller.close()
      },
    })
    return ok(
      new Response(body, {
        headers: {
          'content-type': contentTypes[format],
          'content-disposition': `attachment; filename="users.${format}"`,
          'cache-control': 'no-store',
          'x-content-type-options': 'nosniff',
        },
      }),
    )
  },
})
