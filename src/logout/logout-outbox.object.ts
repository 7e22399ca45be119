/**
 * The outbox of one client: the logouts it is to be told of. A logout is on disk before the person's object forgets it;
 * the alarm posts it, again and again while the client does not answer, until it is taken, refused or a day old. One
 * object for a client, because a client that is down is down for everybody's logouts: it is asked once, not once for
 * each.
 */
import { DurableObject } from 'cloudflare:workers'
import { createEvent } from '../audit/create-event.ts'
import { createOutbox, encodeEvents, type Outbox, outboxTable } from '../audit/outbox.ts'
import { describeError } from '../kit/describe-error.ts'
import { logWarning } from '../kit/log.ts'
import { createObjectAlarm, type ObjectAlarm } from '../kit/object-alarm.ts'
import { createObjectSchema, type ObjectSchema } from '../kit/object-schema.ts'
import type { DueLogout } from '../sessions/participant-types.ts'
import { count } from '../telemetry/count.ts'
import { atOnce, type GivenUp, hasAnswered, isGivenUp, type LogoutOutcome, retryAt } from './decide-logout.ts'
import { type DeliverLogoutNeeds, deliverLogout } from './deliver-logout.ts'
import {
  logoutsTable,
  openWaitingLogouts,
  type WaitingLogout,
  type WaitingLogouts,
} from './waiting-logouts.table.ts'

/** Attempts in a row that told the client nothing. */
const failuresKey = 'failures'
/** An alarm ends before the platform ends it: what is left rings at once. */
const maxRounds = 100

export abstract class LogoutOutboxObject extends DurableObject<Env> {
  readonly #schema: ObjectSchema
  readonly #alarm: ObjectAlarm
  readonly #logouts: WaitingLogouts
  readonly #outbox: Outbox

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#schema = createObjectSchema(ctx.storage, [logoutsTable + outboxTable])
    this.#alarm = createObjectAlarm(ctx)
    this.#logouts = openWaitingLogouts(ctx.storage.sql)
    this.#outbox = createOutbox(ctx.storage, this.#schema, this.#alarm, async (eventsJson) => {
      const { createDeliverEvents } = await import('../audit/deliver-events.store.ts')
      await createDeliverEvents(this.env)(eventsJson)
    })
  }

  protected abstract needs(): DeliverLogoutNeeds

  /** Stores a logout, and returns when it is on disk. The same again changes nothing. */
  async enqueue(logout: DueLogout): Promise<void> {
    this.#schema.ensure()
    if (this.#logouts.insert(logout, Date.now())) count('authly_logout_deliveries_total', 1, 'queued')
    this.#ring()
  }

  override async alarm(): Promise<void> {
    this.#alarm.rang()
    if (!this.#schema.exists()) return
    await this.#tellDue()
    const delivered = await this.#outbox.flush()
    if (delivered === 'failed' || this.#logouts.nextAt() !== undefined) return this.#ring()
    await this.#schema.drop()
    // What was set for an attempt has been deleted with the rest.
    this.#alarm.rang()
  }

  #ring(): void {
    const next = this.#logouts.nextAt()
    if (next !== undefined) this.#alarm.ringBy(Math.max(next, Date.now()))
  }

  /** Whatever is due; ends when the client was asked and has not answered. */
  async #tellDue(): Promise<void> {
    const { kv } = this.ctx.storage
    for (let round = 0; round < maxRounds; round++) {
      const failures = kv.get<number>(failuresKey) ?? 0
      const due = this.#logouts.due(Date.now(), failures > 0 ? 1 : atOnce)
      if (due.length === 0) return
      const outcomes = await Promise.all(due.map((logout) => this.#tell(logout)))
      if (outcomes.some(hasAnswered)) {
        if (failures > 0) kv.delete(failuresKey)
      } else if (outcomes.some(({ outcome }) => outcome === 'failed')) {
        kv.put(failuresKey, failures + 1)
        this.#logouts.putOffAll(retryAt(Date.now(), failures + 1, Math.random()))
        return
      }
    }
  }

  async #tell(logout: WaitingLogout): Promise<LogoutOutcome | GivenUp> {
    const now = Date.now()
    if (isGivenUp(logout, now)) {
      const givenUp: GivenUp = { outcome: 'given_up', reason: 'expired' }
      this.#end(logout, givenUp)
      return givenUp
    }
    // Before the attempt, and durable before a byte leaves: if this object ends meanwhile, the alarm comes again, and
    // not at once.
    const attempts = logout.attempts + 1
    const again = retryAt(now, attempts, Math.random())
    this.#logouts.beginAttempt(logout.logout_id, again)
    this.#alarm.ringBy(again)
    const answer = await this.#deliver(logout)
    if (answer.outcome !== 'failed') this.#end({ ...logout, attempts }, answer)
    else {
      count('authly_logout_deliveries_total', 1, 'failed')
      const { reason } = answer
      logWarning('logout_failed', { subject: logout.client_id, reason, count: attempts })
    }
    return answer
  }

  async #deliver(logout: WaitingLogout): Promise<LogoutOutcome> {
    try {
      return await deliverLogout(this.needs(), logout)
    } catch (error) {
      // Neither Postgres nor a copy of the client or the keys is there: the logout waits for them.
      logWarning('logout_failed', { subject: logout.client_id, reason: describeError(error) })
      return { outcome: 'failed', reason: 'error' }
    }
  }

  /** The logout is gone and its event stored, or neither. */
  #end(logout: WaitingLogout, ended: Ended): void {
    const { client_id, user_id, session_id, attempts, logout_id } = logout
    this.ctx.storage.transactionSync(() => {
      if (!this.#logouts.delete(logout_id) || ended.outcome === 'unwanted') return
      const event = createEvent(`logout.${ended.outcome}`, Date.now(), undefined, {
        outcome: ended.outcome === 'delivered' ? 'success' : 'failure',
        actor_type: 'system',
        ...{ user_id, client_id, session_id },
        data: { attempts, ...('reason' in ended && { reason: ended.reason }) },
      })
      this.#outbox.append(encodeEvents([event]), 1)
    })
    count('authly_logout_deliveries_total', 1, ended.outcome)
  }
}

type Ended = Exclude<LogoutOutcome, { outcome: 'failed' }> | GivenUp
