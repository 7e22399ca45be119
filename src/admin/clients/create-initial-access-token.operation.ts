import { sha256 } from '../../kit/hash.ts'
import { randomToken, uuidv7 } from '../../kit/ids.ts'
import { err } from '../../kit/result.ts'
import { insertEntity } from '../entity-change.store.ts'
import { answer, defineOperation } from '../operation.ts'
import { invalidRequest } from '../problems.ts'
import { createdInitialAccessTokenSchema, initialAccessTokenCreation } from './initial-access-token.ts'

const day = 86_400_000

export const createInitialAccessToken = defineOperation({
  id: 'createInitialAccessToken',
  method: 'post',
  path: '/admin/initial-access-tokens',
  tag: 'Clients',
  summary: 'Make a token for registering clients',
  description:
    'With it, applications register themselves at `/oauth/register` (RFC 7591 §3), where the setting `client_registration.mode` lets them. The token is shown in this answer only.',
  permission: 'admin:clients:write',
  dangerous: true,
  body: initialAccessTokenCreation,
  answers: { 201: { description: 'The token', schema: createdInitialAccessTokenSchema } },
  async run({ body, event, now, writeOnce }) {
    const expires = body.expires_at === undefined ? now + day : new Date(body.expires_at).getTime()
    if (expires <= now || expires > now + 366 * day) {
      return err(
        invalidRequest([{ pointer: '#/expires_at', detail: 'must be in the future, at most a year ahead' }]),
      )
    }
    const id = uuidv7(now)
    const token = `authly_iat_${randomToken(32)}`
    const time = new Date(now).toISOString()
    const shown = {
      ...{ id, name: body.name, profile: body.profile ?? null, uses_left: body.uses },
      ...{ expires_at: new Date(expires).toISOString(), created_at: time, updated_at: time },
    }
    const created = answer(201, { ...shown, initial_access_token: token })
    await writeOnce(created.value, [
      insertEntity({
        table: 'initial_access_tokens',
        row: { ...shown, token_hash: await sha256(token) },
        hidden: ['token_hash'],
        event: event('initial_access_token.created', { entity_type: 'initial_access_token', entity_id: id }),
      }),
    ])
    return created
  },
})
