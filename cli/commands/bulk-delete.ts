/**
 * `authly users bulk delete`: the server tries it out first and says how many accounts it would be; only that many
 * are deleted, and only after somebody agreed.
 */
import type { CatalogueOperation } from '../api/catalogue.ts'
import { type Command, defineCommand } from '../command.ts'
import { Failure } from '../failure.ts'
import { cellOf, type Item } from '../output/table.ts'
import { optionOf } from './fields.ts'
import { createFinder } from './find-by-name.ts'
import { readBody } from './operation-request.ts'
import { watchJob } from './watch-job.ts'

interface Preview {
  readonly count: number
  readonly sample: readonly Item[]
  readonly confirmation_token: string
}

/** @param all operations */
export function bulkDelete(all: readonly CatalogueOperation[]): readonly Command[] {
  const operation = all.find(({ id }) => id === 'bulkDeleteUsers')
  if (!operation) return []
  const fields = (operation.body ?? []).filter(
    ({ name }) => !['dry_run', 'confirmation_token'].includes(name),
  )
  const send = { ...operation, body: fields }
  const command = defineCommand({
    words: ['users', 'bulk', 'delete'],
    summary: operation.summary,
    description:
      'Shows first how many accounts it finds and asks; never deletes more than that. Administrators, you, and people who may do more than you are left alone.',
    operations: [operation.id],
    options: [
      ...fields.map((field) => optionOf(field, 'user')),
      { name: 'data', value: 'json', summary: 'The body: JSON, `@file` or `-` (stdin)' },
      { name: 'wait', summary: 'Follow the job to its end' },
    ],
    examples: [
      'authly users bulk delete --filter-status disabled --filter-updated-before 2020-01-01T00:00:00Z --wait',
    ],
    async run(context) {
      const { global, options, output } = context
      const body = (await readBody(context, send, 'user', createFinder(context, all, false))) ?? {}
      const { max_deletions, ...filter } = body
      const api = await context.api()
      const post = (content: object) =>
        api.send({
          ...{ method: 'POST', path: operation.path, body: JSON.stringify(content) },
          headers: { 'content-type': 'application/json' },
        })
      const preview = (await (await post({ ...filter, dry_run: true })).json()) as Preview
      if (global.dryRun) {
        const { confirmation_token: _, ...shown } = preview
        if (output.format === 'table') output.list(preview.sample, ['id', 'username', 'email'])
        else output.thing(shown)
        output.note(`${preview.count} accounts would be deleted.`)
        return undefined
      }
      if (preview.count === 0) throw new Failure('refused', 'The filter finds no account.')
      const some = preview.sample.map(({ id, username, email }) => cellOf(username ?? email ?? id)).join(', ')
      await context.confirm(
        `Delete ${preview.count} accounts (${some}${preview.count > preview.sample.length ? ' …' : ''})?`,
      )
      const { confirmation_token } = preview
      const response = await post({
        ...filter,
        confirmation_token,
        max_deletions: max_deletions ?? preview.count,
      })
      const job = (await response.json()) as Item
      if (options['wait'] === true) return watchJob(context, String(job['id']), all)
      output.thing(job)
      output.note(`Follow it: authly jobs watch ${job['id']}`)
      return undefined
    },
  })
  return [command]
}
