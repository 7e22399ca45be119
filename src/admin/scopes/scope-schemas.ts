/** Scopes and resource servers as the API shows and takes them. */

import { z } from 'zod'
import { singleLinePattern } from '../../kit/patterns.ts'
import { isBuiltInScope, scopeValuePattern } from '../../protocol/scope-parameter.ts'

const description = z
  .string()
  .min(1)
  .max(200)
  // Attack: a description with control characters breaks out of its line on the consent page.
  .regex(singleLinePattern, 'must not contain control characters')
  .meta({ description: 'Shown to people who are asked for consent', example: 'Read your orders' })

/** RFC 6749 §3.3, and short enough that a token can carry many. */
const scopeName = z
  .string()
  .max(100)
  .regex(scopeValuePattern, 'must be a scope value (RFC 6749 §3.3)')
  .meta({ description: 'Scope value', example: 'orders:read' })

/** RFC 8707 §2: an absolute URI without fragment. */
export const resource = z
  .string()
  .max(500)
  .regex(/^[A-Za-z][A-Za-z0-9+.-]*:[\x21\x22\x24-\x7e]+$/, {
    error: 'must be an absolute URI without fragment (RFC 8707 §2)',
    abort: true,
  })
  .refine((value) => URL.canParse(value), 'must be an absolute URI without fragment (RFC 8707 §2)')
  .meta({ description: 'Resource indicator', example: 'https://api.example.com' })

const serverName = z
  .string()
  .min(1)
  .max(100)
  .meta({ description: 'What administrators call it', example: 'Orders API' })
const openToUnreviewed = z.boolean().meta({
  description:
    'Whether [clients that nobody reviewed](client-registration.md) may ask people for tokens for it, with all its scopes',
  example: false,
})
const times = {
  created_at: z.string().meta({ format: 'date-time' }),
  updated_at: z.string().optional().meta({ format: 'date-time', description: 'Absent with `at`' }),
}

/** In a path, percent-encoded. Accepts any stored name, whatever creation accepts today. */
export const scopeParam = z.object({
  name: z
    .string()
    .min(1)
    .max(256)
    .regex(/^[^\0]*$/)
    .meta({ description: 'Scope value', example: 'orders:read' }),
})
export const resourceParam = z.object({
  resource: z
    .string()
    .min(1)
    .max(2048)
    .regex(/^[^\0]*$/)
    .meta({ description: 'Resource indicator', example: 'https://api.example.com' }),
})

export const scopeSchema = z
  .object({
    name: z.string(),
    description: z.string(),
    resource: z.string().nullable().meta({ description: 'The API it belongs to; `null`: none' }),
    built_in: z.boolean().meta({ description: 'Comes with the server and cannot be changed' }),
    ...times,
  })
  .meta({ id: 'Scope' })

export const scopeCreation = z
  .strictObject({ name: scopeName, description, resource: resource.nullish() })
  .meta({ id: 'ScopeCreation', example: { name: 'orders:read', description: 'Read your orders' } })

export const scopePatch = z
  .strictObject({ description, resource: resource.nullable() })
  .partial()
  .meta({ id: 'ScopePatch', example: { description: 'Read your orders' } })

export const resourceServerSchema = z
  .object({ resource: z.string(), name: z.string(), open_to_unreviewed: openToUnreviewed, ...times })
  .meta({ id: 'ResourceServer' })

export const resourceServerCreation = z
  .strictObject({ resource, name: serverName, open_to_unreviewed: openToUnreviewed.default(false) })
  .meta({ id: 'ResourceServerCreation' })

export const resourceServerPatch = z
  .strictObject({ name: serverName, open_to_unreviewed: openToUnreviewed })
  .partial()
  .meta({ id: 'ResourceServerPatch' })

/** The resource server that a list is about. */
export const resourceParameter = (description: string) =>
  z.string().min(1).max(2048).optional().meta({ description, example: 'https://api.example.com' })

interface Times {
  readonly created_at: Date
  readonly updated_at: Date
}

interface ScopeRow extends Times {
  readonly name: string
  readonly description: string
  readonly resource: string | null
}

export const toScope = (row: ScopeRow) => ({
  name: row.name,
  description: row.description,
  resource: row.resource,
  built_in: isBuiltInScope(row.name),
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
})

interface ResourceServerRow extends Times {
  readonly resource: string
  readonly name: string
  readonly open_to_unreviewed: boolean
}

export const toResourceServer = (row: ResourceServerRow) => ({
  resource: row.resource,
  name: row.name,
  open_to_unreviewed: row.open_to_unreviewed ?? false,
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
})
