/** Every command: those written by hand, and one for each operation that has none by hand. */
import type { CatalogueOperation } from '../api/catalogue.ts'
import type { Command } from '../command.ts'
import { accountCommands } from './account.ts'
import { api } from './api.ts'
import { auditExport } from './audit-export.ts'
import { auditTail } from './audit-tail.ts'
import { auditVerify } from './audit-verify.ts'
import { bulkDelete } from './bulk-delete.ts'
import { completionCommands } from './completion.ts'
import { createClient } from './create-client.ts'
import { commandOf } from './from-operation.ts'
import { importExport } from './import-export.ts'
import { jobCommands } from './jobs.ts'
import { login } from './login.ts'
import { nameOperation } from './name-operation.ts'
import { isOfOneSetting, settingCommands } from './settings.ts'
import { sayingWhatIsAway } from './status.ts'
import { isOfListener, webhooksListen } from './webhooks-listen.ts'

export function createCommands(operations: readonly CatalogueOperation[]): readonly Command[] {
  const stream = operations.find(({ path, answer }) => path === '/admin/audit/stream' && answer === 'events')
  const byHand: readonly Command[] = [
    ...[login(operations), ...accountCommands, api, auditVerify],
    ...(stream ? [auditTail(stream, operations)] : []),
    ...[...jobCommands(operations), ...bulkDelete(operations), ...settingCommands(operations)],
    ...auditExport(operations),
    ...importExport(operations),
    ...webhooksListen(operations),
    ...completionCommands,
  ]
  const taken = new Set(byHand.map(({ words }) => words.join(' ')))
  const derived = operations
    .filter(
      (operation) => operation.answer !== 'events' && !isOfOneSetting(operation) && !isOfListener(operation),
    )
    .map((operation) => {
      const words = nameOperation(operation, operations)
      if (operation.id === 'createClient') return createClient(operation, words, operations)
      const command = commandOf(operation, words, operations)
      return operation.path === '/admin/status' ? sayingWhatIsAway(command) : command
    })
    .filter(({ words }) => !taken.has(words.join(' ')))
  return [...byHand, ...derived]
}
