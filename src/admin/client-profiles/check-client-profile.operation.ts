import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { applyProfile } from '../../clients/apply-profile.ts'
import { toRegisteredClient } from '../../clients/clients.store.ts'
import { metadataOf } from '../../clients/metadata-columns.ts'
import { type Profile, profiles } from '../../clients/profile.ts'
import { contradictionsOf, servedDifferences } from '../../clients/profiles/compare-profiles.ts'
import { clients } from '../../db/schema.ts'
import {
  differencesField,
  faultsField,
  peopleField,
  profileParam,
  toDifferenceViews,
  toFaultViews,
} from '../clients/client-profile-view.ts'
import { clientRow } from '../clients/client-row.store.ts'
import { peopleOf } from '../clients/count-people.store.ts'
import { defineList } from '../define-list.store.ts'
import { byText, byTime, sortedBy } from '../list-order.store.ts'
import { pageOf } from '../schemas.ts'

type StoredClient = typeof clients.$inferSelect

/** The client, and how many people it has. */
const checkedRow = {
  json: sql`jsonb_build_object('client', ${clientRow.json}, 'people', ${peopleOf(sql`clients.client_id`)})`,
  read(value: unknown): { readonly client: StoredClient; readonly people: number } {
    const { client, people } = value as { client: unknown; people: number }
    return { client: clientRow.read(client), people }
  },
}

const checkSchema = z
  .object({
    client_id: z.string(),
    client_name: z.string(),
    enabled: z.boolean(),
    profile: z.enum(profiles).nullable().openapi({
      description: 'Of its own, which it keeps; `null`: it would follow the profile asked about',
    }),
    contradicts: z.array(z.string()).openapi({
      description: 'Demands that it contradicts; what it meets then is told with each',
      example: ['pkce'],
    }),
    faults: faultsField('What in it contradicts them'),
    served: differencesField,
    people: peopleField,
  })
  .openapi('ClientProfileCheck')

export const checkClientProfile = defineList({
  id: 'checkClientProfile',
  path: '/admin/client-profiles/{profile}/clients',
  tag: 'Clients',
  summary: 'Check all clients against a profile',
  description:
    'A dry run of `AUTHLY_CLIENT_PROFILE`: what it would do to each client. A client with a profile of its own keeps that one and has neither faults nor differences. What a client meets that contradicts a demand, and what happens to grants, is told by `GET /admin/client-profiles/{profile}`.',
  permission: 'admin:clients:read',
  params: profileParam,
  page: { description: 'A page of clients', schema: pageOf('ClientProfileCheckPage', checkSchema) },
  cursors: 'client-profile-check',
  table: clients,
  key: [byText(clients.client_id)],
  orders: sortedBy(
    { client_id: byText(clients.client_id), created_at: byTime(clients.created_at) },
    'client_id',
  ),
  row: checkedRow,
  view({ client, people }, { query, deps }) {
    const own = client.profile as Profile | null
    const wanted = query['profile'] as Profile
    const contradictions = own === null ? contradictionsOf(metadataOf(client), wanted) : []
    const registered = toRegisteredClient(client)
    const before = applyProfile(registered, deps.config.profile)
    // A copy: what is served is remembered by the registered client.
    const after = applyProfile({ ...registered }, wanted)
    return {
      client_id: client.client_id,
      client_name: client.client_name,
      enabled: client.enabled,
      profile: own,
      contradicts: contradictions.map(({ demand }) => demand.id),
      faults: toFaultViews(contradictions.flatMap(({ faults }) => faults)),
      served: toDifferenceViews(servedDifferences(before, after)),
      people,
    }
  },
})
