/**
 * GDPR erasure that keeps the hash chain valid: the content and salts of personal parts are deleted, their digests stay
 * (see src/evidence/format/evidence-event.ts). Pseudonymous ids and event types remain.
 * To delete a user, run `erasePersonalDataOf` last in the batch (so that the deletion's own event is blanked too) and record
 * an event `audit.personal_data_erased` about them with an `erasureProof` in `data.proof`. A CTE does not see rows of
 * its own statement: record the deletion without `changes` there. Events that arrive later (from a delayed outbox) are
 * blanked by the sealer before they are sealed.
 */
import { type SQL, sql } from 'drizzle-orm'

/**
 * An UPDATE. Details are removed from events about these users; the origin (address, browser) where they acted
 * themselves, or where an anonymous caller or a client acted on their behalf.
 * @param userIds an expression of type text[]
 */
export const erasePersonalDataOf = (userIds: SQL): SQL => {
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

/** Blanks events in (after, upTo] that arrived after their users were erased. */
export const eraseLatePersonalData = (after: SQL, upTo: SQL): SQL => {
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
