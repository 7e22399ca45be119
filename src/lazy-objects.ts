/**
 * Durable Objects whose classes the platform expects at start, although few isolates host one: their code is loaded
 * when the first of them wakes. No call is delivered to an object before that, so calls keep their order.
 */
import { DurableObject } from 'cloudflare:workers'
import type { AuditStreamObject } from './audit/stream/audit-stream.object.ts'
import type { CheckCode, IssueCode } from './delivery/codes/code-port.ts'
import type { DestinationObject } from './delivery/destination.object.ts'
import type { JobObject } from './jobs/job.object.ts'
import type { LogoutOutboxObject } from './logout/logout-outbox.object.ts'
import type { DueLogout } from './sessions/participant-types.ts'
import type { HandOver } from './telemetry/hand-over.ts'
import type { MetricsObject } from './telemetry/metrics.object.ts'
import type { WebhookDispatcherObject } from './webhooks/webhook-dispatcher.object.ts'
import type { WebhookOutboxObject } from './webhooks/webhook-outbox.object.ts'

type Arguments<Method extends 'offer' | 'readFile' | 'watch'> = Parameters<JobObject[Method]>

/** What the platform sees of such an object. */
abstract class LazyObject<Loaded extends object> extends DurableObject<Env> {
  protected object!: Loaded

  constructor(
    ctx: DurableObjectState,
    env: Env,
    load: () => Promise<new (ctx: DurableObjectState, env: Env) => Loaded>,
  ) {
    super(ctx, env)
    ctx.blockConcurrencyWhile(async () => {
      this.object = new (await load())(ctx, env)
    })
  }
}

/** The object of one background job, of any kind. */
export class Job extends LazyObject<JobObject> {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, async () => (await import('./job-entry.ts')).JobOfAnyKind)
  }

  offer(...input: Arguments<'offer'>) {
    return this.object.offer(...input)
  }

  discard() {
    return this.object.discard()
  }

  nudge() {
    return this.object.nudge()
  }

  progress() {
    return this.object.progress()
  }

  readFile(...input: Arguments<'readFile'>) {
    return this.object.readFile(...input)
  }

  watch(...input: Arguments<'watch'>) {
    return this.object.watch(...input)
  }

  override fetch(request: Request) {
    return this.object.fetch(request)
  }

  override webSocketMessage(socket: WebSocket) {
    this.object.webSocketMessage(socket)
  }

  override alarm() {
    return this.object.alarm()
  }
}

/** The live audit stream of a region. */
export class AuditStream extends LazyObject<AuditStreamObject> {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, async () => (await import('./audit/stream/audit-stream.object.ts')).AuditStreamObject)
  }

  override fetch(request: Request) {
    return this.object.fetch(request)
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer) {
    this.object.webSocketMessage(socket, message)
  }

  override webSocketClose(socket: WebSocket) {
    this.object.webSocketClose(socket)
  }

  override webSocketError(socket: WebSocket) {
    this.object.webSocketError(socket)
  }

  override alarm() {
    return this.object.alarm()
  }
}

/** One shard of what the isolates of a region have counted. */
export class Metrics extends LazyObject<MetricsObject> {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, async () => (await import('./telemetry/metrics.object.ts')).MetricsObject)
  }

  take(handOver: HandOver) {
    return this.object.take(handOver)
  }

  read() {
    return this.object.read()
  }
}

/** The outbox and the codes of one e-mail address or telephone number. */
export class Destination extends LazyObject<DestinationObject> {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, async () => (await import('./delivery/destination.object.ts')).DestinationObject)
  }

  enqueue(...input: Parameters<DestinationObject['enqueue']>) {
    return this.object.enqueue(...input)
  }

  release(messageId: string) {
    return this.object.release(messageId)
  }

  discard(messageId: string) {
    return this.object.discard(messageId)
  }

  issueCode(input: IssueCode) {
    return this.object.issueCode(input)
  }

  checkCode(input: CheckCode) {
    return this.object.checkCode(input)
  }

  readResume(codeId: string, now: number) {
    return this.object.readResume(codeId, now)
  }

  override alarm() {
    return this.object.alarm()
  }
}

/** The logouts that one client is to be told of. */
export class LogoutOutbox extends LazyObject<LogoutOutboxObject> {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, async () => (await import('./logout-entry.ts')).WiredLogoutOutbox)
  }

  enqueue(logout: DueLogout) {
    return this.object.enqueue(logout)
  }

  override alarm() {
    return this.object.alarm()
  }
}

/** Hands the events of the trail to the outboxes of webhook endpoints. */
export class WebhookDispatcher extends LazyObject<WebhookDispatcherObject> {
  constructor(ctx: DurableObjectState, env: Env) {
    super(
      ctx,
      env,
      async () => (await import('./webhooks/webhook-dispatcher.object.ts')).WebhookDispatcherObject,
    )
  }

  nudge() {
    return this.object.nudge()
  }

  override alarm() {
    return this.object.alarm()
  }
}

/** The events that one webhook endpoint is to get. */
export class WebhookOutbox extends LazyObject<WebhookOutboxObject> {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, async () => (await import('./webhooks/webhook-outbox.object.ts')).WebhookOutboxObject)
  }

  enqueue(...input: Parameters<WebhookOutboxObject['enqueue']>) {
    return this.object.enqueue(...input)
  }

  sendAgain(...input: Parameters<WebhookOutboxObject['sendAgain']>) {
    return this.object.sendAgain(...input)
  }

  sendTest(...input: Parameters<WebhookOutboxObject['sendTest']>) {
    return this.object.sendTest(...input)
  }

  replay(...input: Parameters<WebhookOutboxObject['replay']>) {
    return this.object.replay(...input)
  }

  wake() {
    return this.object.wake()
  }

  take(...input: Parameters<WebhookOutboxObject['take']>) {
    return this.object.take(...input)
  }

  override alarm() {
    return this.object.alarm()
  }
}
