/** Clients and their secrets, as requests and answers of the admin API have them. */

import { z } from 'zod'
import { clientIdPattern } from '../../clients/find-client.ts'
import { frameworkNames } from '../../clients/presets/frameworks/index.ts'
import { presetNames } from '../../clients/presets/preset-name.ts'
import { uuid } from '../../kit/field-schemas.ts'
import { clientAuthMethodNames } from '../../protocol/client-auth-methods.ts'
import { clearable, clientName, valued } from './client-members.ts'
import { demandSchema, differencesField, faultsField, peopleField } from './client-profile-view.ts'

/** Any client id that may be stored (RFC 6749 appendix A.1). */
export const clientIdParam = z.object({
  client_id: z.string().regex(clientIdPattern).meta({ description: 'Client id', example: 'demo-web' }),
})
export const secretParams = clientIdParam.extend({ secret_id: uuid('Secret') })

type Clearable = typeof clearable
type Valued = typeof valued
const mapShape = <S extends Record<string, z.ZodType>>(shape: S, change: (schema: z.ZodType) => z.ZodType) =>
  Object.fromEntries(Object.entries(shape).map(([name, schema]) => [name, change(schema)]))

const nullishValued = mapShape(valued, (schema) => schema.nullish()) as {
  [K in keyof Valued]: z.ZodOptional<z.ZodNullable<Valued[K]>>
}
const nullishClearable = mapShape(clearable, (schema) => schema.nullish()) as {
  [K in keyof Clearable]: z.ZodOptional<z.ZodNullable<Clearable[K]>>
}
const nullableClearable = mapShape(clearable, (schema) => schema.nullable()) as {
  [K in keyof Clearable]: z.ZodNullable<Clearable[K]>
}

/** RFC 7591 and OpenID Connect members that this server knows and cannot honour. */
const unsupported: ReadonlySet<string> = new Set(['software_statement'])

const explainUnknown = (issue: { readonly code?: string; readonly keys?: readonly string[] }) =>
  issue.code === 'unrecognized_keys' && issue.keys?.every((key) => unsupported.has(key))
    ? 'is not supported by this server (no software statements)'
    : undefined

export const clientCreation = z
  .strictObject(
    {
      client_id: z.string().min(3).max(128).optional().meta({
        description: 'Made by the server when left out; must not look like a user id',
        example: 'example-shop',
      }),
      client_name: clientName,
      preset: z.enum(presetNames).optional().meta({
        description:
          'Kind of application: fills in the members that are left out. A member that is given wins; `null` is its default without a preset. Where only `framework` is given, what it is most used for',
        example: 'web',
      }),
      framework: z.enum(frameworkNames).optional().meta({
        description:
          'What the application is made with: port and path of the redirect URI for development, names of the variables in `setup`',
        example: 'nextjs',
      }),
      ...nullishValued,
      ...nullishClearable,
    },
    { error: explainUnknown },
  )
  .meta({
    id: 'ClientCreation',
    example: {
      client_name: 'Example shop',
      redirect_uris: ['https://app.example.com/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      scope: 'openid profile offline_access',
    },
  })

export const clientPatch = z
  .strictObject(
    { client_name: clientName.optional(), ...nullishValued, ...nullishClearable },
    { error: explainUnknown },
  )
  .meta({
    id: 'ClientPatch',
    description: 'RFC 7396: members left out stay, `null` brings back the default',
    example: { redirect_uris: ['https://app.example.com/callback', 'https://www.example.com/callback'] },
  })

/** Loose: rows may hold values that creation would refuse today. */
const view = {
  client_id: z.string(),
  client_name: z.string(),
  ...valued,
  ...nullableClearable,
  token_endpoint_auth_methods: z.array(z.enum(clientAuthMethodNames)).meta({
    description: 'What it may authenticate with: the method it named, or both forms of its secret',
    example: ['client_secret_basic', 'client_secret_post'],
  }),
  origin: z.enum(['administrator', 'registration', 'document']).meta({
    description:
      'Who made it known: an administrator, the client itself (RFC 7591), or the document at the address that is its id',
  }),
  created_at: z.string().meta({ format: 'date-time' }),
  updated_at: z.string().optional().meta({ format: 'date-time', description: 'Not with `at`' }),
}

export const clientSchema = z.object(view).meta({ id: 'OAuthClient' })

export const changedClientSchema = z
  .object({
    ...view,
    dry_run: z
      .object({
        faults: faultsField('Why it would be refused; empty: it would be made'),
        served: differencesField,
        demands: z
          .array(demandSchema)
          .meta({ description: 'What the profile demands that the one of now does not' }),
        lifted: z
          .array(demandSchema)
          .meta({ description: 'What the profile of now demands and that one does not' }),
        people: peopleField,
      })
      .optional()
      .meta({
        'x-authly-name': 'ClientDryRun',
        description: 'Only with `dry_run`: what the change would do',
      }),
  })
  .meta({ id: 'ChangedClient' })

const setupField = z
  .object({
    preset: z.enum(presetNames),
    framework: z.enum(frameworkNames).nullable(),
    environment: z
      .array(
        z
          .object({
            name: z.string().meta({ description: 'Name of the variable', example: 'AUTHLY_CLIENT_ID' }),
            value: z.string().nullable().meta({
              description: '`null`: made by whoever sets the application up, or not known in a dry run',
              example: 'app-3f0c6f1e5a',
            }),
            random_bytes: z.number().int().optional().meta({
              description:
                'So many random bytes in base64url are to be its value: a secret of the application, which this server never sees',
              example: 32,
            }),
          })
          .meta({ 'x-authly-name': 'SetupVariable' }),
      )
      .meta({ description: 'Variables for the environment of the application' }),
    env_file: z
      .string()
      .meta({ description: 'The file its tools read variables from', example: '.env.local' }),
    library: z
      .string()
      .nullable()
      .meta({ description: 'What signs people in there', example: '@authly-server/react' }),
    notes: z.array(z.string()).meta({ description: 'What is worth knowing before it is used' }),
  })
  .optional()
  .meta({ 'x-authly-name': 'ClientSetup', description: 'Only with `preset` or `framework`' })

export const createdClientSchema = z
  .object({
    ...view,
    client_secret: z.string().optional().meta({ description: 'Shown now and never again' }),
    client_secret_expires_at: z
      .number()
      .int()
      .optional()
      .meta({ description: 'RFC 7591 §3.2.1; 0: it does not expire', example: 0 }),
    setup: setupField,
    dry_run: z
      .object({ faults: faultsField('Why it would be refused; empty: it would be made') })
      .optional()
      .meta({
        'x-authly-name': 'ClientCreationDryRun',
        description: 'Only with `dry_run`: nothing was made, and an id that was not chosen will be another',
      }),
  })
  .meta({ id: 'CreatedClient' })

export const secretSchema = z
  .object({
    id: uuid('Secret'),
    created_at: z.string().meta({ format: 'date-time' }),
    expires_at: z
      .string()
      .nullable()
      .meta({ format: 'date-time', description: '`null`: it does not expire' }),
  })
  .meta({ id: 'ClientSecret' })

export const createdSecretSchema = secretSchema
  .extend({ client_secret: z.string().meta({ description: 'Shown now and never again' }) })
  .meta({ id: 'CreatedClientSecret' })
