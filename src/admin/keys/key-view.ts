/** Signing keys as the API shows them: the public half, and what will happen to them. */
import { z } from 'zod'
import { signingAlgs } from '../../keys/algorithms.ts'
import type { RotationPolicy } from '../../keys/decide-rotation.ts'
import { dueStep } from '../../keys/plan-rotation.ts'
import type { SigningKeyRow } from '../../keys/signing-key-row.ts'

const time = (description: string) => z.string().meta({ format: 'date-time', description })

export const keySchema = z
  .object({
    kid: z.string().meta({ description: 'RFC 7638 thumbprint' }),
    alg: z.enum(signingAlgs),
    status: z.enum(['next', 'current', 'retired']).meta({
      description: '`next` is published and signs later, `current` signs, `retired` still verifies',
    }),
    public_jwk: z.record(z.string(), z.unknown()).meta({ description: 'As the JWKS shows it' }),
    created_at: time('Published since'),
    activated_at: time('Signs since').nullable(),
    retired_at: time('Signed until').nullable(),
    next_step: z
      .object({
        step: z.enum(['publish_successor', 'hand_over', 'take_over', 'remove']),
        due_at: time('When, if nobody intervenes'),
      })
      .meta({ description: 'What the rotation job does to it next' }),
  })
  .meta({ id: 'SigningKey' })

export const keyListSchema = z.object({ items: z.array(keySchema) }).meta({ id: 'SigningKeyList' })

/** What is shown of a key: never its sealed half. */
export type ShownKey = Omit<SigningKeyRow, 'private_jwk_sealed'>

export const toKeyView = (key: ShownKey, keys: readonly ShownKey[], policy: RotationPolicy) => {
  const { step, at } = dueStep(key, keys, policy)
  return {
    kid: key.kid,
    alg: key.alg,
    status: key.status,
    public_jwk: { ...key.public_jwk },
    created_at: toText(key.created_at),
    activated_at: key.activated_at === undefined ? null : toText(key.activated_at),
    retired_at: key.retired_at === undefined ? null : toText(key.retired_at),
    next_step: { step, due_at: toText(at) },
  }
}

const toText = (at: number) => new Date(at).toISOString()
