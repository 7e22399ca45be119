/** What a list of jobs cannot do: follow one, and fetch what it made. */
import type { CatalogueOperation } from '../api/catalogue.ts'
import { type Command, defineCommand } from '../command.ts'
import { fillPath } from './operation-request.ts'
import { printRequest } from './print-request.ts'
import { watchJob } from './watch-job.ts'

/** @param all operations; commands are made when the server has jobs */
export function jobCommands(all: readonly CatalogueOperation[]): readonly Command[] {
  const read = all.find(({ path, method }) => /^\/admin\/jobs\/\{[^/]+\}$/.test(path) && method === 'GET')
  if (!read) return []
  const watch = defineCommand({
    words: ['jobs', 'watch'],
    summary: 'Follow a job to its end',
    description: 'Shows a bar on stderr and the job at the end. Ctrl-C stops watching, not the job.',
    operations: [read.id],
    positionals: [{ name: 'job_id', summary: 'Id of the job' }],
    async run(context) {
      const id = context.positionals['job_id'] as string
      const path = fillPath(read.path.replace(/\{[^}]+\}/, '{job_id}'), { job_id: id })
      if (context.global.dryRun) return printRequest(context, { method: 'GET', path })
      return watchJob(context, id, all)
    },
  })
  return [watch]
}
