/** The copy of the account in a user's object: a value and no table, which most objects would have for nothing. */
import type { ObjectSchema } from '../kit/object-schema.ts'
import type { AccountCopy } from '../passkeys/account-copy.ts'
import type { SubjectState } from './subject-state.ts'

export const accountCopyKey = 'account_copy'

export function openAccountCopy(
  kv: DurableObjectStorage['kv'],
  schema: ObjectSchema,
): SubjectState['accountCopy'] {
  let copy: AccountCopy | 'none' | undefined

  const loaded = (): AccountCopy | undefined => {
    copy ??= (schema.exists() ? kv.get<AccountCopy>(accountCopyKey) : undefined) ?? 'none'
    return copy === 'none' ? undefined : copy
  }

  return {
    get: loaded,
    put(changed) {
      schema.ensure()
      kv.put(accountCopyKey, changed)
      copy = changed
    },
    drop() {
      if (loaded()) kv.delete(accountCopyKey)
      copy = 'none'
    },
  }
}
