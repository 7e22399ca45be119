/** Signing keys as the API shows them: the public half, and the next change scheduled for them. */
import { z } from 'zod'
import { keyAlgs } from '../../keys/algorithms.ts'
import type { RotationPolicy } from '../../keys/decide-rotation.ts'
import { inspectKey, type KeyProblem, keyProblems } from '../../keys/key-binding.ts'
import { dueStep } from '../../keys/plan-rotation.ts'
import type { SigningKeyRow } from '../../keys/signing-key-row.ts'
import type { RootSecret } from '../../kit/root-secret.ts'

const time = (description: string) => z.string().meta({ format: 'date-time', description })

export const keySchema = z
  .object({
    kid: z.string().meta({ description: 'RFC 7638 thumbprint' }),
    alg: z.enum(keyAlgs),
    status: z.enum(['next', 'current', 'retired']).meta({
      description: '`next` is published and signs later, `current` signs, `retired` still verifies',
    }),
    public_jwk: z.record(z.string(), z.unknown()).meta({ description: 'As the JWKS shows it' }),
    created_at: time('Published since'),
    activated_at: time('Signs since').nullable(),
    retired_at: time('Signed until').nullable(),
    problem: z.enum(keyProblems).nullable().meta({
      description:
        'Why the server does not believe this row: it was written or changed by somebody without the root secret, or sealed under one that is gone. It is not published and verifies nothing (`private_half_lost`: cannot sign). Null when all is well',
    }),
    next_step: z
      .object({
        step: z.enum(['publish_successor', 'hand_over', 'take_over', 'remove']),
        due_at: time('When, if nobody intervenes'),
      })
      .meta({ description: 'What the rotation job does to it next' }),
  })
  .meta({ id: 'SigningKey' })

export const keyListSchema = z.object({ items: z.array(keySchema) }).meta({ id: 'SigningKeyList' })

/** The shown part of a key: never its sealed half. */
export type ShownKey = Omit<SigningKeyRow, 'private_jwk_sealed' | 'binding'>
export type KeyProblems = ReadonlyMap<string, KeyProblem>

/** The problem with each row, by key id. */
export const problemsOf = async (root: RootSecret, rows: readonly SigningKeyRow[]): Promise<KeyProblems> => {
  const found = await Promise.all(rows.map(async (row) => [row.kid, await inspectKey(root, row)] as const))
  return new Map(found.flatMap(([kid, problem]) => (problem === undefined ? [] : [[kid, problem]])))
}

export const toKeyView = (
  key: ShownKey,
  keys: readonly ShownKey[],
  problems: KeyProblems,
  policy: RotationPolicy,
) => {
  const { step, at } = dueStep(key, keys, policy)
  return {
    kid: key.kid,
    alg: key.alg,
    status: key.status,
    public_jwk: { ...key.public_jwk },
    created_at: toText(key.created_at),
    activated_at: key.activated_at === undefined ? null : toText(key.activated_at),
    retired_at: key.retired_at === undefined ? null : toText(key.retired_at),
    problem: problems.get(key.kid) ?? null,
    next_step: { step, due_at: toText(at) },
  }
}

const toText = (at: number) => new Date(at).toISOString()
