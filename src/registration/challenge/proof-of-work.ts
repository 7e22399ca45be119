/**
 * The challenge of deployments without Turnstile: a second of computing, in the browser, of what costs us milliseconds to
 * check. It asks nobody else. Nothing is stored: an answer counts for one address alone, which gets few messages.
 */
import { createChallenge, verifySolution } from 'altcha-lib'
import { deriveKey } from 'altcha-lib/algorithms/web/pbkdf2'
import { z } from 'zod'
import { constantTimeEqual } from '../../kit/hash.ts'
import type { RootSecret } from '../../kit/root-secret.ts'
import type { Challenge } from './challenge.ts'
import { answerField, puzzleField } from './work-fields.ts'

const algorithm = 'PBKDF2/SHA-256'
/** Iterations of one try; checking takes one. */
const cost = 5000
/** One try in 256 is right. */
const keyPrefix = '00'
const lifetimeMs = 600_000
/** Longer than any that is made here. */
const maxLength = 2048

const puzzleSchema = z.object({
  parameters: z.object({
    algorithm: z.literal(algorithm),
    nonce: z.string(),
    salt: z.string(),
    // Attack: an expensive puzzle of the sender's own, which we would compute. Its signature is checked first all the same.
    cost: z.literal(cost),
    keyLength: z.literal(32),
    keyPrefix: z.literal(keyPrefix),
    expiresAt: z.number(),
    data: z.object({ subject: z.string() }),
  }),
  signature: z.string(),
})

const answerSchema = z.object({ counter: z.number().int().min(0).max(0xffffffff), derivedKey: z.string() })

export const createProofOfWork = (root: Pick<RootSecret, 'mac'>, now: () => number): Challenge => {
  const secret = () => root.mac('proof of work', 'signature')
  return {
    async show(subject) {
      const puzzle = await createChallenge({
        ...{ algorithm, cost, keyPrefix, deriveKey, data: { subject } },
        expiresAt: new Date(now() + lifetimeMs),
        hmacSignatureSecret: await secret(),
      })
      return { kind: 'work', puzzle: JSON.stringify(puzzle) }
    },

    async isSolved(form, subject) {
      const puzzle = read(puzzleSchema, form.get(puzzleField))
      const answer = read(answerSchema, form.get(answerField))
      if (!puzzle || !answer || !constantTimeEqual(puzzle.parameters.data.subject, subject)) return false
      const hmacSignatureSecret = await secret()
      const { verified } = await verifySolution({
        ...{ challenge: puzzle, solution: answer, deriveKey, hmacSignatureSecret },
      })
      return verified
    },
  }
}

function read<Schema extends z.ZodType>(
  schema: Schema,
  text: string | undefined,
): z.output<Schema> | undefined {
  if (text === undefined || text.length > maxLength) return undefined
  try {
    return schema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
