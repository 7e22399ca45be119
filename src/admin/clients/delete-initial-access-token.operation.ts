import { err } from '../../kit/result.ts'
import { deleteEntity } from '../entity-change.store.ts'
import { answer, defineOperation } from '../operation.ts'
import { notFound } from '../problems.ts'
import { initialAccessTokenParam } from './initial-access-token.ts'

export const deleteInitialAccessToken = defineOperation({
  id: 'deleteInitialAccessToken',
  method: 'delete',
  path: '/admin/initial-access-tokens/{token_id}',
  tag: 'Clients',
  summary: 'Delete a token for registering clients',
  description: 'Nobody registers with it any more. Clients that did stay.',
  permission: 'admin:clients:write',
  dangerous: true,
  params: initialAccessTokenParam,
  answers: { 204: { description: 'The token is gone' } },
  async run({ db, event, params: { token_id } }) {
    const rows = await db.run(
      deleteEntity({
        table: 'initial_access_tokens',
        key: { id: token_id },
        expectedVersions: undefined,
        hidden: ['token_hash'],
        event: event('initial_access_token.deleted', {
          entity_type: 'initial_access_token',
          entity_id: token_id,
        }),
      }),
    )
    return rows.length > 0 ? answer(204) : err(notFound)
  },
})
