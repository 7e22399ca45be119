/**
 * The Durable Object of one subject, and its client. It opens the state, lets a pure rule change it, and commits the
 * rows and audit events of one call in one transaction. It may be evicted between any two calls: whatever it keeps in
 * memory is only a cache.
 */
import { DurableObject } from 'cloudflare:workers'
import type { AuditEvent, RecordEvent } from '../audit/event.ts'
import { areRoutine, createOutbox, encodeEvents, type Outbox } from '../audit/outbox.ts'
import { createRepeatedEvents, type RepeatedEvents } from '../audit/repeated-events.table.ts'
import { isCountedOfPerson } from '../audit/repeated-events.ts'
import { configOf } from '../config.ts'
import { describeError } from '../kit/describe-error.ts'
import { logError } from '../kit/log.ts'
import { createObjectAlarm, type ObjectAlarm } from '../kit/object-alarm.ts'
import { createObjectSchema, type ObjectSchema } from '../kit/object-schema.ts'
import type { Placement } from '../kit/place-objects.ts'
import { type AccountCopy, renewalDue, unsentUses } from '../passkeys/account-copy.ts'
import { count } from '../telemetry/count.ts'
import { observedObjects } from '../telemetry/observed-objects.ts'
import type { Rule, VerifiedRule, VerifyNeeds } from './define-rule.ts'
import { type LogoutsDue, waitingLogouts } from './due-logouts.table.ts'
import type { DueLogout } from './participant-types.ts'
import { renewAccount } from './renew-account.ts'
import { rules, type SessionsOf, type UserSessions as UserSessionsPort } from './rules.ts'
import type { SubjectState } from './subject-state.ts'
import { openSubjectTables, pruneSubjectTables, subjectMigrations } from './subject-tables.ts'
import { createVerifyNeeds } from './verify-needs.ts'

const pruneIntervalMs = 3_600_000
const renewAgainMs = 60_000
const handOverAgainMs = 60_000

const ruleEntries = Object.entries<Rule | VerifiedRule>(rules)

/** The result of a rule whose routine events the caller forwards, with those events. */
interface Forwarding<Result = unknown> {
  readonly result: Result
  readonly events: readonly AuditEvent[]
}

const isForwarding = (effect: (Rule | VerifiedRule)['effect']): boolean =>
  effect === 'forwarded' || effect === 'verified'

type Sent<Effect, Answer> = Effect extends 'forwarded' ? Forwarding<Answer> : Answer

type ObjectMethod<R> =
  R extends VerifiedRule<infer Input, infer Answer>
    ? (...input: Input) => Promise<Forwarding<Answer>>
    : R extends Rule<infer Input, infer Answer, infer Effect>
      ? (...input: Input) => Promise<Sent<Effect, Answer>>
      : never

type RuledObject = new (
  ctx: DurableObjectState,
  env: Env,
) => DurableObject<Env> & { readonly [Name in keyof typeof rules]: ObjectMethod<(typeof rules)[Name]> }

/** Adds a rule's method; stack traces show it by the rule's name. */
function addMethod(prototype: object, name: string, method: (...input: never[]) => unknown): void {
  Object.defineProperty(method, 'name', { value: name })
  Object.defineProperty(prototype, name, { value: method, configurable: true, writable: true })
}

export class UserSessions extends (DurableObject as unknown as RuledObject) {
  readonly #schema: ObjectSchema
  readonly #alarm: ObjectAlarm
  readonly #outbox: Outbox
  readonly #repeated: RepeatedEvents
  readonly #allEnded = { at: 0 }
  readonly #takenAway = { generation: 0 }
  readonly #logouts: LogoutsDue = { due: undefined }
  #state: SubjectState | undefined
  #events: AuditEvent[] = []
  #pruneAgainAt = 0
  #nextPruneAt = 0
  #renewAgainAt = 0

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#schema = createObjectSchema(ctx.storage, subjectMigrations)
    this.#alarm = createObjectAlarm(ctx)
    const deliver = (eventsJson: string) => this.#store(eventsJson)
    this.#outbox = createOutbox(ctx.storage, this.#schema, this.#alarm, deliver)
    this.#repeated = createRepeatedEvents(ctx.storage.sql, isCountedOfPerson)
  }

  /** Each rule of the table becomes a method. */
  static {
    for (const [name, rule] of ruleEntries) {
      addMethod(UserSessions.prototype, name, async function (this: UserSessions, ...input: never[]) {
        return this.#apply(rule, input)
      })
    }
  }

  #apply(rule: Rule | VerifiedRule, input: readonly never[]): unknown {
    if (rule.effect === 'verified') return this.#verify(rule, input)
    const { effect, run } = rule
    if (effect === 'read') return run(this.#open(), ...input)
    const result = this.#change((state) => run(state, ...input))
    if (effect === 'forwarded') return this.#forward(result)
    this.#deliver('own')
    const mustPrune = effect === 'expiring' || (effect === 'unrecorded' && result === true)
    if (mustPrune && this.#schema.exists()) this.#alarm.ringBy(Date.now() + pruneIntervalMs)
    return result
  }

  async #verify({ verify }: VerifiedRule, input: readonly never[]): Promise<Forwarding> {
    const decide = await verify(this.#open(), this.#needs, ...input)
    const result = this.#change(decide)
    const due = this.#renewalDue()
    // The alarm that asks Postgres about a passkey's account takes the events of its use along.
    if (due !== undefined && due <= Date.now()) {
      this.#deliver('own')
      return { result, events: [] }
    }
    if (due !== undefined) this.#alarm.ringBy(due)
    return this.#forward(result)
  }

  /** Leaves the routine events of the last change to the caller. */
  #forward<Result>(result: Result): Forwarding<Result> {
    const events = areRoutine(this.#events) ? this.#events : []
    this.#deliver(events.length > 0 ? 'forwarded' : 'own')
    return { result, events }
  }

  #deliver(delivery: 'own' | 'forwarded'): void {
    if (this.#events.length > 0) this.#outbox.flushSoon(delivery)
  }

  get #needs(): VerifyNeeds {
    return createVerifyNeeds(this.env, async (userId, uses, eventsJson) => {
      const { createExchangeAccount } = await import('./account-copy.store.ts')
      return createExchangeAccount(configOf(this.env))(userId, uses, eventsJson)
    })
  }

  /** Delivers audit events, deletes expired rows, and deletes the object's storage when nothing is left. */
  override async alarm(): Promise<void> {
    this.#alarm.rang()
    if (this.#schema.exists()) this.#endCounts()
    await this.#handOverLogouts()
    if ((await this.#outbox.flush()) === 'failed' || !this.#schema.exists()) return
    await this.#renewAccount()
    const now = Date.now()
    if (now >= this.#pruneAgainAt) {
      const { deleted, nextExpiry } = pruneSubjectTables(this.ctx.storage.sql, now)
      if (deleted) this.#state = undefined
      const isCounting = this.#repeated.nextEnd() !== undefined
      if (nextExpiry === undefined && !isCounting && !this.#logouts.due) return this.#leaveNothing()
      this.#pruneAgainAt = now + pruneIntervalMs
      this.#nextPruneAt = Math.max(nextExpiry ?? 0, this.#pruneAgainAt)
    }
    this.#alarm.ringBy(this.#nextPruneAt)
  }

  /** To the outboxes of the clients that are to be told, each by itself. What fails stays, and is handed over again. */
  async #handOverLogouts(): Promise<void> {
    const { kv } = this.ctx.storage
    if (this.#logouts.due === false) return
    const waiting = this.#schema.exists() ? waitingLogouts(kv) : []
    this.#logouts.due = waiting.length > 0
    if (waiting.length === 0) return
    let problem: unknown
    try {
      const outboxOf = observedObjects('LogoutOutbox', this.env.LOGOUT_OUTBOX, configOf(this.env))
      for (const [key, logouts] of waiting) {
        const failed: DueLogout[] = []
        for (const logout of logouts) {
          try {
            await outboxOf(logout.client_id).enqueue(logout)
          } catch (error) {
            problem = error
            failed.push(logout)
          }
        }
        // Nothing has come under the key meanwhile: it is of one session, which has ended once.
        if (failed.length === 0) kv.delete(key)
        else if (failed.length < logouts.length) kv.put(key, failed)
      }
    } catch (error) {
      problem = error
    }
    if (problem) logError('logout_hand_over_failed', { reason: describeError(problem) })
    this.#logouts.due = waitingLogouts(kv).length > 0
    if (this.#logouts.due) this.#alarm.ringBy(Date.now() + handOverAgainMs)
  }

  /** Stores events in Postgres, together with what there is to say about passkeys: one round trip. */
  async #store(eventsJson: string): Promise<void> {
    let problem: unknown
    if (this.#isRenewalDue()) {
      try {
        return await this.#exchange(eventsJson)
      } catch (error) {
        problem = error
      }
    }
    const { createDeliverEvents } = await import('../audit/deliver-events.store.ts')
    await createDeliverEvents(this.env)(eventsJson)
    // Postgres is there, so the failure was not the events': they do not wait for what else fails.
    if (problem) this.#renewalFailed(problem)
  }

  /**
   * Hands over the uses of passkeys and compares the copy of the account with Postgres: behind the answer, and after an
   * outage as soon as it ends.
   */
  async #renewAccount(): Promise<void> {
    if (this.#isRenewalDue()) await this.#exchange().catch((error: unknown) => this.#renewalFailed(error))
    // Also when a use came meanwhile, or something was taken away.
    const due = this.#renewalDue()
    if (due !== undefined) this.#alarm.ringBy(due)
  }

  /** When Postgres is to be asked about the account (milliseconds since the Unix epoch). */
  #renewalDue(): number | undefined {
    const due = renewalDue(this.#open().accountCopy.get())
    return due === undefined ? undefined : Math.max(due, this.#renewAgainAt)
  }

  #isRenewalDue(): boolean {
    const due = this.#renewalDue()
    return due !== undefined && Date.now() >= due
  }

  async #exchange(eventsJson?: string): Promise<void> {
    const copy = this.#open().accountCopy.get() as AccountCopy
    const sent = unsentUses(copy)
    const { user_id } = copy
    const { generation } = this.#takenAway
    const read_at = Date.now()
    const account = await this.#needs.exchangeAccount(user_id, sent, eventsJson)
    count('authly_passkey_copy_refreshes_total', 1, 'success')
    // Should something have been taken away meanwhile, the answer is not used.
    this.#renewAgainAt = read_at + renewAgainMs
    const now = Date.now()
    this.#change((state) => renewAccount(state, { now, user_id, account, read_at, sent, generation }))
    this.#deliver('own')
  }

  #renewalFailed(error: unknown): void {
    count('authly_passkey_copy_refreshes_total', 1, 'failed')
    logError('account_copy_failed', { reason: describeError(error) })
    this.#renewAgainAt = Date.now() + renewAgainMs
  }

  /** Turns the failures counted since the last event into one event. */
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
    this.#state ??= openSubjectTables(
      this.ctx.storage,
      this.#schema,
      this.#allEnded,
      this.#takenAway,
      this.#logouts,
      (event) => this.#events.push(event),
    )
    return this.#state
  }

  /** Commits all rows and events of one call, or none. See to the delivery of `#events` afterwards. */
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
      if (this.#logouts.due) this.#alarm.ringBy(Date.now())
      return result
    } catch (error) {
      // Rolled back: the cached rows may be ahead of the tables.
      this.#state = undefined
      this.#schema.forget()
      throw error
    }
  }

  async #leaveNothing(): Promise<void> {
    this.#state = undefined
    this.#pruneAgainAt = 0
    await this.#schema.drop()
  }
}

/** The methods of the object, by name. */
type Call = (...input: readonly unknown[]) => Promise<unknown>
type ObjectMethods = Readonly<Record<string, Call>>

/** The object as its callers see it: the same methods; routine events are recorded on the way. */
class SessionsClient {
  readonly object: ObjectMethods
  readonly recordEvent: RecordEvent

  constructor(object: ObjectMethods, recordEvent: RecordEvent) {
    this.object = object
    this.recordEvent = recordEvent
  }

  static {
    for (const [name, { effect }] of ruleEntries) {
      const call = function (this: SessionsClient, ...input: readonly unknown[]) {
        return (this.object[name] as Call)(...input)
      }
      const forward = async function (this: SessionsClient, ...input: readonly unknown[]) {
        const { result, events } = (await (this.object[name] as Call)(...input)) as Forwarding
        events.forEach(this.recordEvent)
        return result
      }
      addMethod(SessionsClient.prototype, name, isForwarding(effect) ? forward : call)
    }
  }
}

/** Returns the object of a subject; makes no call by itself. Routine events go to `recordEvent`. */
export function createSessionsOf(
  namespace: DurableObjectNamespace<UserSessions>,
  placement: Placement,
  recordEvent: RecordEvent,
): SessionsOf {
  const objectOf = observedObjects('UserSessions', namespace, placement)
  return (subject) => {
    const object = objectOf(subject) as unknown as ObjectMethods
    return new SessionsClient(object, recordEvent) as unknown as UserSessionsPort
  }
}
