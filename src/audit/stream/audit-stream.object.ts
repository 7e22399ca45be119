/**
 * The live audit stream of a region: one object, with one LISTEN connection to Postgres while there are subscribers and
 * none otherwise. A notification only means that there is something to read; events are read from the trail by
 * position. So a lost notification or connection loses no event, but only delays it until the next tick.
 */

import { DurableObject } from 'cloudflare:workers'
import { findDeadTokens } from '../../access/dead-tokens.ts'
import { type Config, configOf } from '../../config.ts'
import { type Listener, listen } from '../../db/listen.ts'
import { createBoundedBatch } from '../../db/run-batch.ts'
import { delay } from '../../kit/delay.ts'
import { describeError } from '../../kit/describe-error.ts'
import { logError } from '../../kit/log.ts'
import { serverSentEventHeaders } from '../../kit/server-sent-events.ts'
import { observedObjects } from '../../telemetry/observed-objects.ts'
import { type Broadcaster, createBroadcaster } from './broadcaster.ts'
import { subscriptionHeader } from './open-audit-stream.object.ts'
import {
  createSocketSubscriber,
  restoreSocketSubscriber,
  type SocketSubscriber,
} from './socket-subscriber.ts'
import { createSseSubscriber } from './sse-subscriber.ts'
import type { Subscriber, SubscriberEvents } from './subscriber.ts'
import type { Subscription } from './subscription.ts'
import { createTrailReader } from './trail-reader.store.ts'

const channel = 'authly_audit'
/** Shows the trigger on `audit_events` (authly_notify_audit_stream) that there is a listener. */
const presenceLock = 715520260010
/** Each stream holds at most its window or buffer in memory; all of them together must fit. */
const maxSubscribers = 500
/**
 * Must be below 10 s: an object idle for longer hibernates and would lose its connection to Postgres. Also the longest
 * delay caused by a lost notification.
 */
const tickMilliseconds = 8_000
const livenessMilliseconds = 60_000
const stallMilliseconds = 60_000
const queryTimeoutMilliseconds = 10_000
const maxBackoffMilliseconds = 15_000

export class AuditStreamObject extends DurableObject<Env> {
  readonly #broadcaster: Broadcaster
  readonly #sockets = new Map<WebSocket, SocketSubscriber>()
  readonly #events: SubscriberEvents
  #listener: Listener | undefined
  #opening: Promise<void> | undefined
  /** Requests being accepted: the connection is kept for them too. */
  #entering = 0
  #failures = 0
  /** When the alarm is set for (milliseconds since the Unix epoch). */
  #tickAt = Number.POSITIVE_INFINITY
  #livenessCheckedAt = Date.now()

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#broadcaster = createBroadcaster({
      reader: createTrailReader((statements) =>
        createBoundedBatch(this.#config, queryTimeoutMilliseconds)(statements),
      ),
      now: Date.now,
      wait: delay,
      onFailure: (error) => this.#report('reading', error),
    })
    this.#events = {
      onRoom: (subscriber) => this.#broadcaster.nudge(subscriber),
      onGone: (subscriber) => this.#remove(subscriber),
    }
    // Answered without waking the object.
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair('ping', 'pong'))
    for (const socket of ctx.getWebSockets()) {
      const subscriber = restoreSocketSubscriber(socket, this.#events)
      this.#sockets.set(socket, subscriber)
      this.#broadcaster.restore(subscriber)
    }
    if (this.#sockets.size > 0) this.#tickIn(0)
  }

  /** Opens a stream; the subscription is in a header that only our own worker can send. */
  override async fetch(request: Request): Promise<Response> {
    if (this.#broadcaster.size >= maxSubscribers) return refusal('5')
    const subscription = readSubscription(request)
    this.#entering++
    try {
      await this.#listen()
      return request.headers.get('upgrade') === 'websocket'
        ? await this.#openSocket(subscription)
        : await this.#openSse(subscription)
    } catch (error) {
      this.#report('opening a stream', error)
      return refusal('2')
    } finally {
      this.#entering--
      this.#restIfAlone()
    }
  }

  async #openSocket(subscription: Subscription): Promise<Response> {
    const { 0: client, 1: server } = new WebSocketPair()
    this.ctx.acceptWebSocket(server)
    const subscriber = createSocketSubscriber(server, subscription, this.#events)
    this.#sockets.set(server, subscriber)
    try {
      await this.#subscribe(subscriber)
    } catch (error) {
      this.#forget(server)
      server.close()
      throw error
    }
    return new Response(null, { status: 101, webSocket: client })
  }

  async #openSse(subscription: Subscription): Promise<Response> {
    const { subscriber, body } = createSseSubscriber(subscription, this.#events)
    await this.#subscribe(subscriber)
    return new Response(body, { headers: serverSentEventHeaders })
  }

  async #subscribe(subscriber: Subscriber): Promise<void> {
    await this.#broadcaster.subscribe(subscriber)
    this.#tickIn(Math.min(tickMilliseconds, this.#untilFirstExpiry()))
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    this.#sockets.get(socket)?.receive(message)
  }

  override webSocketClose(socket: WebSocket): void {
    this.#forget(socket)
  }

  override webSocketError(socket: WebSocket): void {
    this.#forget(socket)
  }

  #forget(socket: WebSocket): void {
    const subscriber = this.#sockets.get(socket)
    this.#sockets.delete(socket)
    if (subscriber) this.#remove(subscriber)
  }

  #remove(subscriber: Subscriber): void {
    this.#broadcaster.remove(subscriber)
    this.#restIfAlone()
  }

  /** Without subscribers the connection is closed and the alarm soon stops, so that nothing keeps the object awake. */
  #restIfAlone(): void {
    if (this.#broadcaster.size > 0 || this.#entering > 0) return
    this.#listener?.close()
    this.#listener = undefined
  }

  /** Sockets survive an eviction, and so does the alarm, which restores them. */
  #tickIn(milliseconds: number): void {
    const at = Date.now() + milliseconds
    if (at >= this.#tickAt) return
    this.#tickAt = at
    void this.ctx.storage.setAlarm(at)
  }

  /** Periodic work; the next alarm is set whatever happens. */
  override async alarm(): Promise<void> {
    this.#tickAt = Number.POSITIVE_INFINITY
    let next = tickMilliseconds
    try {
      if (this.#broadcaster.size > 0) await this.#tick()
    } catch (error) {
      this.#report('reading', error)
      next = this.#backoff()
    }
    this.#restIfAlone()
    if (this.#broadcaster.size > 0) this.#tickIn(Math.min(next, this.#untilFirstExpiry()))
  }

  async #tick(): Promise<void> {
    for (const subscriber of this.#broadcaster.subscribers()) this.#attend(subscriber)
    await this.#listen()
    await this.#broadcaster.pump()
    await this.#endDeadTokens()
  }

  #attend(subscriber: Subscriber): void {
    const { token } = subscriber.subscription
    if (token.expiresAtSeconds * 1000 <= Date.now()) this.#end(subscriber, 'token_ended')
    else if (this.#broadcaster.stalledMilliseconds(subscriber) > stallMilliseconds) {
      this.#end(subscriber, 'too_slow')
    } else {
      this.#broadcaster.nudge(subscriber)
      // For a subscriber that is behind, a heartbeat would be untrue, or one more message to buffer.
      if (this.#broadcaster.isFollowing(subscriber) && subscriber.hasRoom())
        subscriber.send({ kind: 'heartbeat', position: subscriber.cursor })
    }
  }

  #end(subscriber: Subscriber, reason: 'token_ended' | 'too_slow'): void {
    this.#broadcaster.remove(subscriber)
    subscriber.close(reason)
  }

  #untilFirstExpiry(): number {
    let first = Number.POSITIVE_INFINITY
    for (const { subscription } of this.#broadcaster.subscribers()) {
      first = Math.min(first, subscription.token.expiresAtSeconds * 1000)
    }
    return Math.max(0, first - Date.now())
  }

  async #endDeadTokens(): Promise<void> {
    if (Date.now() - this.#livenessCheckedAt < livenessMilliseconds) return
    this.#livenessCheckedAt = Date.now()
    const sessionsOf = observedObjects('UserSessions', this.env.USER_SESSIONS, this.#config)
    const dead = await findDeadTokens(
      this.#broadcaster.subscribers(),
      ({ subscription }) => subscription.token,
      (subject, input) => sessionsOf(subject).inspectToken({ now: Date.now(), kind: 'access', ...input }),
    )
    for (const subscriber of dead) this.#end(subscriber, 'token_ended')
  }

  /** Opens the LISTEN connection if there is none. @throws when Postgres cannot be reached */
  #listen(): Promise<void> {
    if (this.#listener) return Promise.resolve()
    this.#opening ??= this.#openListener().finally(() => {
      this.#opening = undefined
    })
    return this.#opening
  }

  async #openListener(): Promise<void> {
    const { databaseUrl, databaseGatewayUrl } = this.#config
    this.#listener = await listen({
      ...{ databaseUrl, databaseGatewayUrl, channel, presenceLock },
      timeoutMilliseconds: queryTimeoutMilliseconds,
      onNotification: () => this.#pumpSoon(),
      onLost: (error) => {
        this.#listener = undefined
        this.#report('listening', error)
        if (this.#broadcaster.size > 0) this.#tickIn(this.#backoff())
      },
    })
    this.#failures = 0
    // Events written while nobody was listening.
    if (this.#broadcaster.size > 0) this.#pumpSoon()
  }

  #pumpSoon(): void {
    this.#broadcaster.pump().catch((error) => this.#report('reading', error))
  }

  #backoff(): number {
    return Math.min(1000 * 2 ** this.#failures++, maxBackoffMilliseconds)
  }

  get #config(): Config {
    return configOf(this.env)
  }

  #report(doing: string, error: unknown): void {
    logError('audit_stream_failed', { subject: doing, reason: describeError(error) })
  }
}

const readSubscription = (request: Request): Subscription =>
  JSON.parse(decodeURIComponent(request.headers.get(subscriptionHeader) ?? '')) as Subscription

const refusal = (retryAfterSeconds: string): Response =>
  new Response(null, { status: 503, headers: { 'retry-after': retryAfterSeconds } })
