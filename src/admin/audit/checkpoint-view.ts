/** Checkpoints as the admin API shows them. */
import { z } from '@hono/zod-openapi'

const hash = (description: string) =>
  z.string().openapi({ description, example: 'WJG8jnbxI4Y4Jr1n2Zkz0c6m2QXv0sQk3fZ0r3aX1mQ' })

export const checkpointSchema = z
  .object({
    sequence: z.number().int().openapi({ description: '1, 2, 3 …', example: 12 }),
    first_position: z.number().int(),
    last_position: z.number().int(),
    event_count: z.number().int(),
    merkle_root: hash('Root of the Merkle tree over the events (RFC 6962 §2.1)'),
    previous_hash: hash('Hash of the checkpoint before'),
    hash: hash('base64url(SHA-256(jws)): write it down, and nobody can change what was before'),
    jws: z
      .string()
      .openapi({ description: 'The above, signed: compact JWS, `typ` `authly-audit-checkpoint+jwt`' }),
    public_jwk: z.record(z.string(), z.unknown()).openapi({
      description: 'The public key of the signature; its id in the JWS is the RFC 7638 thumbprint',
      example: { kty: 'EC', crv: 'P-256', kid: '…', x: '…', y: '…' },
    }),
    sealed_at: z.string().openapi({ format: 'date-time', example: '2026-11-23T09:00:00.000000Z' }),
  })
  .openapi('AuditCheckpoint')
