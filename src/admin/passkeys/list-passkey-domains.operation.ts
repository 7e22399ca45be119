import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { allRows, builtRow } from '../../db/json-row.ts'
import { isWebOrigin, relyingPartyOf, servesRpId } from '../../passkeys/relying-party.ts'
import { answer, defineOperation } from '../operation.ts'

const counted = z.object({
  rp_id: z.string().openapi({ description: 'The domain they were made for', example: 'login.example.com' }),
  passkeys: z.number().int(),
  people: z.number().int().openapi({ description: 'Who have at least one of them' }),
})

const domainRow = builtRow(
  sql`jsonb_build_object('rp_id', rp_id, 'passkeys', count(*), 'people', count(distinct user_id))`,
  counted,
)

const works = z.enum(['yes', 'as_related_origin', 'no']).openapi({
  description:
    '`as_related_origin`: only in browsers that find the issuer listed at `/.well-known/webauthn` of the domain. `no`: sign-in asks for passkeys of another domain.',
})

export const listPasskeyDomains = defineOperation({
  id: 'listPasskeyDomains',
  method: 'get',
  path: '/admin/passkeys/domains',
  tag: 'Settings',
  summary: 'Which domains passkeys were made for, and whether they work',
  description:
    'A passkey works for the domain it was made for and for no other. Ask with the address that is to be the issuer before it moves: `stranded` passkeys cannot be used there, and nobody can convert them.',
  permission: 'admin:settings:read',
  query: z.object({
    issuer: z
      .string()
      .max(300)
      .refine(isWebOrigin, 'must be an https origin without a path')
      .optional()
      .describe('Address that is to be the issuer; absent: as it is now.'),
  }),
  answers: {
    200: {
      description: 'Domains, the one with most passkeys first',
      schema: z
        .object({
          issuer: z.string(),
          rp_id: z.string().nullable().openapi({
            description: 'Domain that sign-in asks for there; null: an IP address cannot have passkeys',
          }),
          stranded: z.number().int().openapi({ description: 'Passkeys that do not work there' }),
          items: z.array(counted.extend({ works }).meta({ 'x-authly-name': 'PasskeyDomain' })),
        })
        .openapi('PasskeyDomainList'),
    },
  },
  async run({ db, deps: { config, readSettings }, query }) {
    const issuer = query.issuer ?? config.issuer
    const [rows, settings] = await Promise.all([
      db.run(sql`select ${domainRow.json} as row from passkeys group by rp_id order by count(*) desc, rp_id`),
      readSettings(),
    ])
    const rpId = relyingPartyOf({ issuer }, settings)?.rp_id
    const isServed = rpId !== undefined && servesRpId(new URL(issuer).hostname, rpId)
    const domains = allRows(domainRow, rows).map((domain) => {
      const isAsked = domain.rp_id === rpId
      const reach = isAsked ? (isServed ? ('yes' as const) : ('as_related_origin' as const)) : ('no' as const)
      return { ...domain, works: reach }
    })
    const stranded = domains.filter((domain) => domain.works === 'no')
    return answer(200, {
      issuer,
      rp_id: rpId ?? null,
      stranded: stranded.reduce((sum, { passkeys }) => sum + passkeys, 0),
      items: domains,
    })
  },
})
