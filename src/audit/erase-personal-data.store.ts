/**
 * GDPR erasure that keeps the chain valid: content and salt of the personal parts go, digests stay (see
 * evidence/evidence-event.ts). What the events say openly, pseudonymous ids and types, remains.
 *
 * Whoever deletes a person runs `blankEventsOf` last in the batch (so that the deletion's own event is blanked too) and
 * records an event `audit.personal_data_erased` about them with `data.proof` of `erasureProof`. As a CTE it does not see
 * rows of its own statement: record the deletion without `changes` there. Events that arrive later (an outbox was
 * waiting) are blanked by the sealer before they are sealed.
 */
import { type SQL, sql } from 'drizzle-orm'

/**
 * An UPDATE. Details go from events about these people; the origin (address, browser) where they acted, or where
 * somebody not signed in, or a client on their behalf, did.
 * @param userIds an expression of type text[]
 */
export const blankEventsOf = (userIds: SQL): SQL => {
  const about = sql`(user_id = any(${userIds}) or (entity_type = 'user' and entity_id = any(${userIds})))`
  const acted = sql`(case when actor_type = 'user' then actor_id = any(${userIds}) else ${about} end)`
  return blank(
    about,
    acted,
    sql`
    where type not in ('audit.personal_data_erased', 'audit.events_removed')
      and (${about} or (actor_type = 'user' and actor_id = any(${userIds})))`,
  )
}

/** Blanks events of (after, upTo] that arrived after their people were erased. */
export const blankLateEvents = (after: SQL, upTo: SQL): SQL => {
  const erased = (id: SQL) => sql`exists (select 1 from audit_events as erasure
    where erasure.type = 'audit.personal_data_erased' and erasure.user_id = ${id})`
  const about = sql`(${erased(sql`audit_events.user_id`)}
    or (audit_events.entity_type = 'user' and ${erased(sql`audit_events.entity_id`)}))`
  const acted = sql`(case when audit_events.actor_type = 'user' then ${erased(sql`audit_events.actor_id`)} else ${about} end)`
  return blank(
    about,
    acted,
    sql`
    where audit_events.position > ${after} and audit_events.position <= ${upTo}
      and audit_events.type not in ('audit.personal_data_erased', 'audit.events_removed')
      and ((${about} and audit_events.details_salt is not null) or (${acted} and audit_events.origin_salt is not null))`,
  )
}

const blank = (about: SQL, acted: SQL, where: SQL): SQL => sql`
  update audit_events set
    changes = case when ${about} then null else changes end,
    data = case when ${about} then '{}'::jsonb else data end,
    details_salt = case when ${about} then null else details_salt end,
    ip = case when ${acted} then null else ip end,
    user_agent = case when ${acted} then null else user_agent end,
    origin_salt = case when ${acted} then null else origin_salt end,
    erased_at = coalesce(erased_at, now())
  ${where}`
