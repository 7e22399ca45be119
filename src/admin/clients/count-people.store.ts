import { type SQL, sql } from 'drizzle-orm'
import { maxCountedPeople } from './client-profile-view.ts'

/** An expression: how many people have consented to a client, counted no further than makes a difference. */
export const peopleOf = (clientId: SQL): SQL => sql`(
  select count(*)::int from (select 1 from consents where consents.client_id = ${clientId} limit ${maxCountedPeople})
    as counted)`

export const countPeople = (clientId: string): SQL => sql`select ${peopleOf(sql`${clientId}`)} as people`
