/** Generators of another system, as an upload of accounts names them: an object, or the address of a QR code. */
import { z } from 'zod'
import { decodeBase32 } from './base32.ts'
import { maxGeneratorName, maxGenerators, otpAlgorithms, seedBytes } from './generator.ts'
import { readOtpauthUri } from './otpauth-uri.ts'

const isSeed = (text: string): boolean => {
  const bytes = decodeBase32(text)
  return bytes !== undefined && bytes.length >= seedBytes.min && bytes.length <= seedBytes.max
}

const generator = z
  .strictObject({
    kind: z.enum(['totp', 'hotp']).default('totp'),
    secret: z
      .string()
      .max(512)
      .refine(isSeed, `must be ${seedBytes.min} to ${seedBytes.max} bytes in base32`),
    algorithm: z.enum(otpAlgorithms).default('SHA1'),
    digits: z.number().int().min(6).max(8).default(6),
    period_seconds: z.number().int().min(15).max(300).optional(),
    counter: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
    name: z
      .string()
      .max(maxGeneratorName)
      .regex(/^[^\p{C}]*$/u, 'must be one line')
      .optional(),
  })
  .refine(({ kind, counter }) => kind === 'totp' || counter !== undefined, {
    path: ['counter'],
    message: 'is missing',
  })
  .refine(({ kind, period_seconds }) => kind === 'totp' || period_seconds === undefined, {
    path: ['period_seconds'],
    message: 'is for totp only',
  })
  .refine(({ kind, counter }) => kind === 'hotp' || counter === undefined, {
    path: ['counter'],
    message: 'is for hotp only',
  })

const readAddress = (value: unknown): unknown => {
  if (typeof value !== 'string') return value
  const read = readOtpauthUri(value.trim())
  return read && { ...read, name: read.name.slice(0, maxGeneratorName) }
}

/** One entry, or a list: a CSV has one address in its cell. */
export const importedGenerators = z.preprocess(
  (value) => (Array.isArray(value) ? value : [value]).map(readAddress),
  z.array(generator).max(maxGenerators),
)
export type ImportedGenerator = z.output<typeof generator>
