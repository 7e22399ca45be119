import { rotationPolicyOf } from '../../keys/rotation-policy.ts'
import { selectSigningKeys, toLoadedKeys } from '../../keys/signing-keys.store.ts'
import { answer, defineOperation } from '../operation.ts'
import { keyListSchema, problemsOf, toKeyView } from './key-view.ts'

export const listKeys = defineOperation({
  id: 'listKeys',
  method: 'get',
  path: '/admin/keys',
  tag: 'Keys',
  summary: 'List signing keys',
  description:
    'Public halves only: what the JWKS publishes, with when each key came, what is due next, and rows the server does not believe.',
  permission: 'admin:keys:read',
  answers: { 200: { description: 'All keys, the oldest first', schema: keyListSchema } },
  async run({ db, deps }) {
    const { value: keys } = toLoadedKeys(await db.run(selectSigningKeys))
    const policy = rotationPolicyOf(deps.config)
    const problems = await problemsOf(deps.root, keys)
    return answer(200, { items: keys.map((key) => toKeyView(key, keys, problems, policy)) })
  },
})
