/**
 * The object of one destination, an e-mail address or a telephone number: the outbox of its messages, and the codes that
 * prove it. A message is on disk before its caller goes on; the alarm sends it, again and again while the provider fails,
 * until it is taken, refused or worthless. What it said is deleted then.
 */
import { DurableObject } from 'cloudflare:workers'
import { createEvent } from '../audit/create-event.ts'
import { createOutbox, encodeEvents, type Outbox, outboxTable } from '../audit/outbox.ts'
import { configOf } from '../config.ts'
import { describeError } from '../kit/describe-error.ts'
import { logWarning } from '../kit/log.ts'
import { createObjectAlarm, type ObjectAlarm } from '../kit/object-alarm.ts'
import { createObjectSchema, type ObjectSchema } from '../kit/object-schema.ts'
import { createRootSecret } from '../kit/root-secret.ts'
import { count, measure } from '../telemetry/count.ts'
import { observedFetch } from '../telemetry/observed-fetch.ts'
import type { Channel } from './channel.ts'
import {
  type CheckCode,
  type CheckedCode,
  decoyContent,
  type IssueCode,
  type IssuedCode,
} from './codes/code-port.ts'
import { type Codes, codesTable, openCodes } from './codes/codes.table.ts'
import { countsEnd, decideCheck, decideIssue } from './codes/decide-code.ts'
import { endOf, isExpired, type MessageEnd, maxWaiting, putOff, retryAt } from './decide-delivery.ts'
import { type DeliverOutcome, deliverMessage } from './deliver-message.ts'
import { failed, type QueuedMessage } from './message.ts'
import type { OpenSocket } from './senders/smtp-connection.ts'
import {
  messagesTable,
  openWaitingMessages,
  type WaitingMessage,
  type WaitingMessages,
} from './waiting-messages.table.ts'

export class DestinationObject extends DurableObject<Env> {
  readonly #schema: ObjectSchema
  readonly #alarm: ObjectAlarm
  readonly #messages: WaitingMessages
  readonly #codes: Codes
  readonly #outbox: Outbox

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#schema = createObjectSchema(ctx.storage, [messagesTable, outboxTable, codesTable])
    this.#alarm = createObjectAlarm(ctx)
    this.#messages = openWaitingMessages(ctx.storage.sql)
    this.#codes = openCodes(ctx.storage.sql)
    this.#outbox = createOutbox(ctx.storage, this.#schema, this.#alarm, async (eventsJson) => {
      const { createDeliverEvents } = await import('../audit/deliver-events.store.ts')
      await createDeliverEvents(this.env)(eventsJson)
    })
  }

  /** Stores a message, and returns when it is on disk. The same id again changes nothing. */
  async enqueue(message: QueuedMessage): Promise<'queued' | 'full'> {
    this.#schema.ensure()
    if (this.#messages.count() >= maxWaiting) return 'full'
    if (this.#messages.insert(message)) count('authly_messages_total', 1, message.channel, 'queued')
    this.#ring()
    return 'queued'
  }

  async release(messageId: string): Promise<void> {
    if (!this.#schema.exists()) return
    this.#messages.makeDue(messageId, Date.now())
    this.#ring()
  }

  async discard(messageId: string): Promise<void> {
    const channel = this.#schema.exists() ? this.#messages.delete(messageId) : undefined
    if (channel !== undefined) count('authly_messages_total', 1, channel, 'discarded')
  }

  /** See `DestinationCodes`. One transaction, because nothing in it waits. */
  async issueCode({ now, asker, replaces, message, ...code }: IssueCode): Promise<IssuedCode> {
    this.#schema.ensure()
    const issued = this.ctx.storage.transactionSync((): IssuedCode => {
      const counts = this.#codes.counts(asker)
      const decision = decideIssue(counts, now)
      if (decision.status !== 'issued') return decision
      this.#codes.deleteExpired(now)
      if (replaces !== undefined) {
        this.#codes.delete(replaces)
        // Two codes of which one works would be a riddle.
        this.#messages.delete(replaces)
      }
      this.#codes.put({ ...code, failures: 0 })
      this.#codes.putCounts(asker, { ...counts, sent: decision.sent })
      if (this.#messages.count() < maxWaiting) {
        this.#messages.insert(message)
        if (message.sealed !== decoyContent) {
          count('authly_messages_total', 1, message.channel, 'queued')
          count('authly_codes_issued_total', 1, message.channel)
        }
      }
      return { status: 'issued' }
    })
    this.#ring()
    return issued
  }

  async checkCode({ now, asker, code_id, ...presented }: CheckCode): Promise<CheckedCode> {
    if (!this.#schema.exists()) return { status: 'over' }
    return this.ctx.storage.transactionSync(() => {
      const code = this.#codes.find(code_id)
      const counts = this.#codes.counts(asker)
      const decision = decideCheck(code, counts.attempts, presented, now)
      if (decision.status === 'locked') return decision
      if (code && decision.status === 'wrong') {
        this.#codes.put({ ...code, failures: decision.failures })
      } else if (code) {
        this.#codes.delete(code_id)
      }
      if ('attempts' in decision) this.#codes.putCounts(asker, { ...counts, attempts: decision.attempts })
      else if (decision.status === 'right' && counts.attempts) {
        this.#codes.putCounts(asker, { ...counts, attempts: undefined })
      }
      return { status: decision.status }
    })
  }

  async readResume(codeId: string, now: number): Promise<string | undefined> {
    const code = this.#schema.exists() ? this.#codes.find(codeId) : undefined
    return code && now < code.expires_at ? code.resume : undefined
  }

  override async alarm(): Promise<void> {
    this.#alarm.rang()
    if (!this.#schema.exists()) return
    await this.#sendDue()
    const delivered = await this.#outbox.flush()
    if (delivered === 'failed' || this.#messages.count() > 0) return this.#ring()
    const countedUntil = Math.max(0, ...this.#codes.allCounts().map(countsEnd))
    if (countedUntil > Date.now()) return this.#alarm.ringBy(countedUntil)
    await this.#schema.drop()
    // What was set for an attempt has been deleted with the rest.
    this.#alarm.rang()
  }

  #ring(): void {
    const next = this.#messages.nextAt()
    if (next !== undefined) this.#alarm.ringBy(Math.max(next, Date.now()))
  }

  /** Each message that is due, in order; ends at the first that the provider does not take, because it is down. */
  async #sendDue(): Promise<void> {
    for (;;) {
      const now = Date.now()
      const message = this.#messages.nextDue(now)
      if (message === undefined) return
      if (message.sealed === decoyContent) {
        this.#messages.delete(message.message_id)
        continue
      }
      if (isExpired(message, now)) {
        this.#end(message, { end: 'dropped', reason: 'expired' })
        continue
      }
      // Before the attempt, and durable before a byte leaves: if this object ends meanwhile, the alarm comes again, and
      // not at once.
      const attempts = message.attempts + 1
      const again = retryAt(now, attempts, Math.random())
      this.#messages.beginAttempt(message.message_id, again)
      this.#alarm.ringBy(again)
      const outcome = await this.#deliver(message)
      const end = outcome.outcome === 'unreadable' ? unreadable : endOf(outcome)
      if (end !== undefined) {
        this.#end({ ...message, attempts }, end)
        continue
      }
      if (outcome.outcome === 'failed') this.#failed({ ...message, attempts }, outcome, again)
      return
    }
  }

  async #deliver(message: WaitingMessage): Promise<DeliverOutcome> {
    try {
      const config = configOf(this.env)
      const { connect } = await import('cloudflare:sockets')
      return await deliverMessage(
        {
          root: createRootSecret(config.rootSecret, config.previousRootSecrets),
          ...{ delivery: config.delivery, issuer: config.issuer, send: observedFetch },
          openSocket: connect as OpenSocket,
          emailBinding: this.env.EMAIL,
        },
        message,
      )
    } catch (error) {
      // A bug, or a configuration that does not parse: the message waits for whoever mends it.
      logWarning('message_failed', { subject: message.kind, reason: describeError(error) })
      return failed('error')
    }
  }

  /** The message is gone and its event stored, or neither. */
  #end(message: WaitingMessage, ended: MessageEnd): void {
    const { channel, kind, user_id, attempts } = message
    const now = Date.now()
    const { end } = ended
    const event = createEvent(`message.${end}`, now, undefined, {
      outcome: end === 'sent' ? 'success' : 'failure',
      actor_type: 'system',
      user_id,
      data: {
        ...{ kind, channel, attempts, provider: providerOf(this.env, channel) },
        ...(ended.end === 'sent' ? {} : { reason: ended.reason }),
      },
    })
    const isFirst = this.ctx.storage.transactionSync(() => {
      const wasThere = this.#messages.delete(message.message_id) !== undefined
      // One that was discarded while it was being sent has gone out all the same.
      if (wasThere || end === 'sent') this.#outbox.append(encodeEvents([event]), 1)
      return wasThere
    })
    if (!isFirst) return
    count('authly_messages_total', 1, channel, end)
    if (end === 'sent') {
      measure('authly_message_delay_seconds', (now - message.queued_at) / 1000, channel)
    }
  }

  #failed(
    { channel, kind, attempts }: WaitingMessage,
    { reason, retryAfterMs }: Failure,
    again: number,
  ): void {
    count('authly_messages_total', 1, channel, 'failed')
    logWarning('message_failed', { subject: kind, reason, count: attempts })
    this.#messages.putOffAll(putOff(again, Date.now(), retryAfterMs))
  }
}

type Failure = Extract<DeliverOutcome, { outcome: 'failed' }>

const unreadable: MessageEnd = { end: 'dropped', reason: 'unreadable' }

/** Of a configuration that does not parse, none. */
function providerOf(env: Env, channel: Channel): string | undefined {
  try {
    return configOf(env).delivery[channel]?.provider.kind
  } catch {
    return undefined
  }
}
