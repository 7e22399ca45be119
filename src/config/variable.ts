/** What variables of the environment have in common. */
import { z } from 'zod'
import { isLoopbackHost } from '../kit/public-host.ts'

/** What a group of variables says, once each is valid. */
export type Read<Variables extends z.ZodRawShape> = z.output<z.ZodObject<Variables>>

export const isLoopback = (url: string): boolean => URL.canParse(url) && isLoopbackHost(new URL(url).hostname)

export const seconds = (fallback: number, description: string) =>
  z.coerce
    .number()
    .int()
    .positive()
    .max(366 * 86_400)
    .default(fallback)
    .describe(description)

export const flag = (description: string) =>
  z
    .enum(['true', 'false'])
    .default('false')
    .transform((value) => value === 'true')
    .describe(description)

/** What paths are put after. */
export const folder = z
  .string()
  .refine((value) => URL.canParse(value) && value.endsWith('/'), 'must be a URL that ends in a slash')

/** Development and tests: what stands in for an API of others, and gets the secrets that are meant for it. */
export const standIn = folder.refine(isLoopback, 'must be a loopback address')

export const origin = z
  .string()
  .refine((value) => URL.canParse(value), 'must be an absolute URL')
  .refine(
    (value) => !/[?#]/.test(value) && !value.endsWith('/'),
    'must have no query, fragment or final slash',
  )
  .refine((value) => URL.canParse(value) && new URL(value).pathname === '/', 'must have no path')
  .refine(
    (value) => value.startsWith('https://') || isLoopback(value),
    'must be https (http only on a loopback host)',
  )
