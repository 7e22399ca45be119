/**
 * The last code of each generator that was accepted: a value each, and no table, which most objects would have for
 * nothing. They have no end of their own, so that no sweep reads them: they go with all else that the object stores.
 */
import type { ObjectSchema } from '../kit/object-schema.ts'
import type { StoredOtpUse, SubjectState } from './subject-state.ts'

const prefix = 'otp_use:'

export const openOtpUses = (
  kv: DurableObjectStorage['kv'],
  schema: ObjectSchema,
): SubjectState['otpUses'] => ({
  all: () => (schema.exists() ? [...kv.list<StoredOtpUse>({ prefix })].map(([, use]) => use) : []),
  spend(use) {
    schema.ensure()
    const key = `${prefix}${use.otp_id}`
    const last = kv.get<StoredOtpUse>(key)
    if (last && last.step >= use.step) return false
    kv.put(key, use)
    return true
  },
})
