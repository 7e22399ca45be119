/** `authly audit export --out`: the job, its end and its file in one command. */
import type { CatalogueOperation } from '../api/catalogue.ts'
import { type Command, defineCommand } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import type { Item } from '../output/table.ts'
import { optionOf } from './fields.ts'
import { createFinder } from './find-by-name.ts'
import { fillPath, readBody } from './operation-request.ts'
import { printRequest } from './print-request.ts'
import { saveAnswer } from './save-answer.ts'
import { watchJob } from './watch-job.ts'

/** @param all operations */
export function auditExport(all: readonly CatalogueOperation[]): readonly Command[] {
  const operation = all.find(({ id }) => id === 'exportAuditTrail')
  const results = all.find(({ id }) => id === 'getJobResults')
  if (!operation || !results) return []
  const command = defineCommand({
    words: ['audit', 'export'],
    summary: operation.summary,
    ...(operation.description ? { description: operation.description } : {}),
    operations: [operation.id, results.id],
    options: [
      ...(operation.body ?? []).map((field) => optionOf(field, 'export')),
      { name: 'data', value: 'json', summary: 'The body: JSON, `@file` or `-` (stdin)' },
      { name: 'wait', summary: 'Follow the job to its end' },
      { name: 'out', value: 'file', summary: 'Wait for the file and write it there' },
    ],
    examples: ['authly audit export --out trail.ndjson && authly audit verify trail.ndjson'],
    async run(context) {
      const { options, output } = context
      const body = JSON.stringify(
        (await readBody(context, operation, 'export', createFinder(context, all, false))) ?? {},
      )
      const headers = { 'content-type': 'application/json' }
      const request = { method: 'POST', path: operation.path, headers, body }
      if (context.global.dryRun) return printRequest(context, request)
      await context.confirm('Export the audit trail?')
      const api = await context.api()
      const job = (await (await api.send(request)).json()) as Item
      const id = String(job['id'])
      const wantsFile = options['out'] !== undefined
      if (!wantsFile && options['wait'] !== true) {
        output.thing(job)
        output.note(`Follow it: authly jobs watch ${id}`)
        return undefined
      }
      const code = await watchJob(context, id, all, wantsFile)
      if (code !== exitCodes.ok.code || !wantsFile) return code
      const path = `${fillPath(results.path, { job_id: id })}?file=output`
      await saveAnswer(context, await api.send({ method: 'GET', path }))
      return undefined
    },
  })
  return [command]
}
