/**
 * The Durable Object of one subject, and its client. A thin shell: it opens the state, lets a pure rule change
 * it, and writes rows and audit events of one call in one transaction. It may be evicted between any two
 * calls: what it keeps in memory is only ever a copy.
 */
import { DurableObject } from 'cloudflare:workers'
import type { AuditEvent, RecordEvent } from '../audit/event.ts'
import { areRoutine, createOutbox, encodeEvents, type Outbox } from '../audit/outbox.ts'
import { createRepeatedEvents, type RepeatedEvents } from '../audit/repeated-events.table.ts'
import { isCountedOfPerson } from '../audit/repeated-events.ts'
import { configOf } from '../config.ts'
import { createObjectAlarm, type ObjectAlarm } from '../kit/object-alarm.ts'
import { createObjectSchema, type ObjectSchema } from '../kit/object-schema.ts'
import { type Placement, placeObjects } from '../kit/place-objects.ts'
import { checkSession } from './check-session.ts'
import { completePasswordChange } from './complete-password-change.ts'
import { delegate, isDelegated } from './delegate.ts'
import { endAllSessions, endSession } from './end-session.ts'
import { forgetConsent } from './forget-consent.ts'
import { inspectToken } from './inspect-token.ts'
import { forgetDevice, listDevices } from './known-device.ts'
import { listSessions } from './list-sessions.ts'
import { redeemCode } from './redeem-code.ts'
import { denyConsent, rememberConsent } from './remember-consent.ts'
import { revokeToken } from './revoke-token.ts'
import { rotateRefresh } from './rotate-refresh.ts'
import { settleLogin } from './settle-login.ts'
import type { SubjectState } from './subject-state.ts'
import { openSubjectTables, pruneSubjectTables, subjectMigrations } from './subject-tables.ts'
import type {
  RedeemedCode,
  RotatedRefresh,
  SessionsOf,
  UserSessions as UserSessionsPort,
} from './user-sessions.ts'

type Input<Method extends keyof UserSessionsPort> = Parameters<UserSessionsPort[Method]>[0]

const pruneIntervalMs = 3_600_000

export class UserSessions extends DurableObject<Env> {
  readonly #schema: ObjectSchema
  readonly #alarm: ObjectAlarm
  readonly #outbox: Outbox
  readonly #repeated: RepeatedEvents
  readonly #allEnded = { at: 0 }
  #state: SubjectState | undefined
  #events: AuditEvent[] = []
  #pruneAgainAt = 0
  #nextPruneAt = 0

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#schema = createObjectSchema(ctx.storage, subjectMigrations)
    this.#alarm = createObjectAlarm(ctx.storage)
    const deliver = async (eventsJson: string) => {
      const { createDeliverEvents } = await import('../audit/deliver-events.store.ts')
      await createDeliverEvents(configOf(this.env))(eventsJson)
    }
    this.#outbox = createOutbox(ctx.storage, this.#schema, this.#alarm, deliver)
    this.#repeated = createRepeatedEvents(ctx.storage.sql, isCountedOfPerson)
  }

  async settleLogin(input: Input<'settleLogin'>) {
    return this.#change((state) => settleLogin(state, input))
  }

  async checkSession(input: Input<'checkSession'>) {
    return checkSession(this.#open(), input)
  }

  async completePasswordChange(input: Input<'completePasswordChange'>) {
    this.#change((state) => completePasswordChange(state, input))
  }

  async endSession(input: Input<'endSession'>) {
    return this.#change((state) => endSession(state, input))
  }

  async endAllSessions(input: Input<'endAllSessions'>) {
    this.#change((state) =>
      endAllSessions(state, { ...input, reason: input.reason ?? 'signed_out_everywhere' }),
    )
  }

  async forgiveFailures() {
    this.#change((state) => state.attempts.clear())
  }

  async listSessions(input: Input<'listSessions'>) {
    return listSessions(this.#open(), input)
  }

  async listDevices(input: Input<'listDevices'>) {
    return listDevices(this.#open(), input)
  }

  async forgetDevice(input: Input<'forgetDevice'>) {
    return this.#change((state) => forgetDevice(state, input))
  }

  async rememberConsent(input: Input<'rememberConsent'>) {
    this.#change((state) => rememberConsent(state, input))
  }

  async forgetConsent(input: Input<'forgetConsent'>) {
    return this.#change((state) => forgetConsent(state, input))
  }

  async denyConsent(input: Input<'denyConsent'>) {
    this.#change((state) => denyConsent(state, input))
  }

  async spendInteraction({ interaction_id, expires_at }: Input<'spendInteraction'>) {
    return this.#change((state) => state.spentInteractions.add(interaction_id, expires_at))
  }

  async redeemCode(input: Input<'redeemCode'>) {
    return this.#tell(this.#change((state) => redeemCode(state, input)))
  }

  async rotateRefresh(input: Input<'rotateRefresh'>) {
    return this.#tell(this.#change((state) => rotateRefresh(state, input)))
  }

  async inspectToken(input: Input<'inspectToken'>) {
    return inspectToken(this.#open(), input)
  }

  async revokeToken(input: Input<'revokeToken'>) {
    this.#change((state) => revokeToken(state, input))
  }

  async delegate(input: Input<'delegate'>) {
    const isLent = this.#change((state) => delegate(state, input))
    // No event comes with it, whose delivery would set the alarm that prunes.
    if (isLent) this.#alarm.ringBy(Date.now() + pruneIntervalMs)
    return isLent
  }

  async isDelegated(input: Input<'isDelegated'>) {
    return this.#change((state) => isDelegated(state, input))
  }

  /** Delivers audit events, deletes what has ended, and leaves nothing behind when nothing is left. */
  override async alarm(): Promise<void> {
    this.#alarm.rang()
    if (this.#schema.exists()) this.#endCounts()
    if ((await this.#outbox.flush()) === 'failed' || !this.#schema.exists()) return
    const now = Date.now()
    if (now >= this.#pruneAgainAt) {
      const { deleted, nextExpiry } = pruneSubjectTables(this.ctx.storage.sql, now)
      if (deleted) this.#state = undefined
      const isCounting = this.#repeated.nextEnd() !== undefined
      if (nextExpiry === undefined && !isCounting) return this.#leaveNothing()
      this.#pruneAgainAt = now + pruneIntervalMs
      this.#nextPruneAt = Math.max(nextExpiry ?? 0, this.#pruneAgainAt)
    }
    this.#alarm.ringBy(this.#nextPruneAt)
  }

  /** What was counted since the last event becomes one. */
  #endCounts(): void {
    this.ctx.storage.transactionSync(() => {
      const events = this.#repeated.endWindows(Date.now())
      if (events.length > 0) this.#outbox.append(encodeEvents(events), events.length)
    })
    this.#ringForCounts()
  }

  #ringForCounts(): void {
    const next = this.#repeated.nextEnd()
    if (next !== undefined) this.#alarm.ringBy(next)
  }

  #open(): SubjectState {
    this.#state ??= openSubjectTables(this.ctx.storage.sql, this.#schema, this.#allEnded, (event) =>
      this.#events.push(event),
    )
    return this.#state
  }

  /** All rows and events of one call, or none of them. */
  #change<T>(rule: (state: SubjectState) => T): T {
    const state = this.#open()
    this.#events = []
    let isCounting = false
    try {
      const result = this.ctx.storage.transactionSync(() => {
        const decided = rule(state)
        isCounting = this.#events.some(isCountedOfPerson)
        if (isCounting) {
          this.#schema.ensure()
          this.#events = [...this.#repeated.take(this.#events, Date.now())]
        }
        if (this.#events.length > 0) this.#outbox.append(encodeEvents(this.#events), this.#events.length)
        return decided
      })
      if (isCounting) this.#ringForCounts()
      if (this.#events.length > 0) {
        this.#outbox.flushSoon(areRoutine(this.#events) ? 'forwarded' : 'own')
      }
      return result
    } catch (error) {
      // Rolled back: the copies in memory may be ahead of the tables.
      this.#state = undefined
      this.#schema.forget()
      throw error
    }
  }

  /** Hands routine events to the caller's isolate, which sends many users' events on together. */
  #tell<T>(result: T): Told<T> {
    return { result, events: areRoutine(this.#events) ? this.#events : [] }
  }

  async #leaveNothing(): Promise<void> {
    this.#state = undefined
    this.#pruneAgainAt = 0
    await this.#schema.drop()
  }
}

/** An answer with the events it caused, for the caller to forward. */
interface Told<T> {
  readonly result: T
  readonly events: readonly AuditEvent[]
}

/**
 * Finds the object of a subject; makes no call by itself. Events of token requests are forwarded through
 * `recordEvent`: a delivery of their own per user would cost more than the requests.
 */
export function createSessionsOf(
  namespace: DurableObjectNamespace<UserSessions>,
  placement: Placement,
  recordEvent: RecordEvent,
): SessionsOf {
  const objectOf = placeObjects(namespace, placement)
  const forward = <T>({ result, events }: Told<T>): T => {
    events.forEach(recordEvent)
    return result
  }
  return (subject) => {
    const object = objectOf(subject)
    return {
      settleLogin: (input) => object.settleLogin(input),
      checkSession: (input) => object.checkSession(input),
      completePasswordChange: (input) => object.completePasswordChange(input),
      endSession: (input) => object.endSession(input),
      endAllSessions: (input) => object.endAllSessions(input),
      forgiveFailures: () => object.forgiveFailures(),
      listSessions: (input) => object.listSessions(input),
      listDevices: (input) => object.listDevices(input),
      forgetDevice: (input) => object.forgetDevice(input),
      rememberConsent: (input) => object.rememberConsent(input),
      forgetConsent: (input) => object.forgetConsent(input),
      denyConsent: (input) => object.denyConsent(input),
      spendInteraction: (input) => object.spendInteraction(input),
      redeemCode: async (input) => forward<RedeemedCode>(await object.redeemCode(input)),
      rotateRefresh: async (input) => forward<RotatedRefresh>(await object.rotateRefresh(input)),
      inspectToken: (input) => object.inspectToken(input),
      revokeToken: (input) => object.revokeToken(input),
      delegate: (input) => object.delegate(input),
      isDelegated: (input) => object.isDelegated(input),
    }
  }
}
