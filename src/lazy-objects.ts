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

/** The object of one background job, of any kind. */
export class Job extends DurableObject<Env> {
  #job!: JobObject

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    ctx.blockConcurrencyWhile(async () => {
      const { JobOfAnyKind } = await import('./job-entry.ts')
      this.#job = new JobOfAnyKind(ctx, env)
    })
  }

  offer(...input: Arguments<'offer'>) {
    return this.#job.offer(...input)
  }

  discard() {
    return this.#job.discard()
  }

  nudge() {
    return this.#job.nudge()
  }

  progress() {
    return this.#job.progress()
  }

  readFile(...input: Arguments<'readFile'>) {
    return this.#job.readFile(...input)
  }

  watch(...input: Arguments<'watch'>) {
    return this.#job.watch(...input)
  }

  override fetch(request: Request) {
    return this.#job.fetch(request)
  }

  override webSocketMessage(socket: WebSocket) {
    this.#job.webSocketMessage(socket)
  }

  override alarm() {
    return this.#job.alarm()
  }
}

/** The live audit stream of a region. */
export class AuditStream extends DurableObject<Env> {
  protected stream!: AuditStreamObject

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    ctx.blockConcurrencyWhile(async () => {
      const { AuditStreamObject } = await import('./audit/stream/audit-stream.object.ts')
      this.stream = new AuditStreamObject(ctx, env)
    })
  }

  override fetch(request: Request) {
    return this.stream.fetch(request)
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer) {
    this.stream.webSocketMessage(socket, message)
  }

  override webSocketClose(socket: WebSocket) {
    this.stream.webSocketClose(socket)
  }

  override webSocketError(socket: WebSocket) {
    this.stream.webSocketError(socket)
  }

  override alarm() {
    return this.stream.alarm()
  }
}

/** One shard of what the isolates of a region have counted. */
export class Metrics extends DurableObject<Env> {
  #metrics!: MetricsObject

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    ctx.blockConcurrencyWhile(async () => {
      const { MetricsObject } = await import('./telemetry/metrics.object.ts')
      this.#metrics = new MetricsObject(ctx, env)
    })
  }

  take(handOver: HandOver) {
    return this.#metrics.take(handOver)
  }

  read() {
    return this.#metrics.read()
  }
}

/** The outbox and the codes of one e-mail address or telephone number. */
export class Destination extends DurableObject<Env> {
  protected destination!: DestinationObject

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    ctx.blockConcurrencyWhile(async () => {
      const { DestinationObject } = await import('./delivery/destination.object.ts')
      this.destination = new DestinationObject(ctx, env)
    })
  }

  enqueue(...input: Parameters<DestinationObject['enqueue']>) {
    return this.destination.enqueue(...input)
  }

  release(messageId: string) {
    return this.destination.release(messageId)
  }

  discard(messageId: string) {
    return this.destination.discard(messageId)
  }

  issueCode(input: IssueCode) {
    return this.destination.issueCode(input)
  }

  checkCode(input: CheckCode) {
    return this.destination.checkCode(input)
  }

  readResume(codeId: string, now: number) {
    return this.destination.readResume(codeId, now)
  }

  override alarm() {
    return this.destination.alarm()
  }
}

/** The logouts that one client is to be told of. */
export class LogoutOutbox extends DurableObject<Env> {
  protected outbox!: LogoutOutboxObject

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    ctx.blockConcurrencyWhile(async () => {
      const { WiredLogoutOutbox } = await import('./logout-entry.ts')
      this.outbox = new WiredLogoutOutbox(ctx, env)
    })
  }

  enqueue(logout: DueLogout) {
    return this.outbox.enqueue(logout)
  }

  override alarm() {
    return this.outbox.alarm()
  }
}

/** Hands the events of the trail to the outboxes of webhook endpoints. */
export class WebhookDispatcher extends DurableObject<Env> {
  protected dispatcher!: WebhookDispatcherObject

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    ctx.blockConcurrencyWhile(async () => {
      const { WebhookDispatcherObject } = await import('./webhooks/webhook-dispatcher.object.ts')
      this.dispatcher = new WebhookDispatcherObject(ctx, env)
    })
  }

  nudge() {
    return this.dispatcher.nudge()
  }

  override alarm() {
    return this.dispatcher.alarm()
  }
}

/** The events that one webhook endpoint is to get. */
export class WebhookOutbox extends DurableObject<Env> {
  protected outbox!: WebhookOutboxObject

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    ctx.blockConcurrencyWhile(async () => {
      const { WebhookOutboxObject } = await import('./webhooks/webhook-outbox.object.ts')
      this.outbox = new WebhookOutboxObject(ctx, env)
    })
  }

  enqueue(...input: Parameters<WebhookOutboxObject['enqueue']>) {
    return this.outbox.enqueue(...input)
  }

  sendAgain(...input: Parameters<WebhookOutboxObject['sendAgain']>) {
    return this.outbox.sendAgain(...input)
  }

  sendTest(...input: Parameters<WebhookOutboxObject['sendTest']>) {
    return this.outbox.sendTest(...input)
  }

  replay(...input: Parameters<WebhookOutboxObject['replay']>) {
    return this.outbox.replay(...input)
  }

  wake() {
    return this.outbox.wake()
  }

  take(...input: Parameters<WebhookOutboxObject['take']>) {
    return this.outbox.take(...input)
  }

  override alarm() {
    return this.outbox.alarm()
  }
}
