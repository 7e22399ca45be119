/** Listeners belong to who made them: to others they do not exist. */
import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../access/actor.ts'

export const isOwnListener = ({ type, id }: Actor): SQL => sql`
  kind = 'listener' and authorized #>> '{actor,type}' = ${type} and authorized #>> '{actor,id}' = ${id}`
