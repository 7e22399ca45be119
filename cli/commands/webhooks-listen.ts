/**
 * `authly webhooks listen`: what an endpoint would get, sent to an application on this machine, which needs no public
 * address for it. The server keeps what was not received, so a break loses nothing while the listener lives.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { CatalogueOperation } from '../api/catalogue.ts'
import { type Command, type CommandContext, defineCommand } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { Failure } from '../failure.ts'
import { safeText } from '../output/safe-text.ts'
import { optionOf } from './fields.ts'
import { createFinder } from './find-by-name.ts'
import { type Forwarded, forwardWebhook, readTarget, type TakenWebhook } from './forward-webhook.ts'
import { fillPath, readBody } from './operation-request.ts'
import { printRequest } from './print-request.ts'

const waitSeconds = 20
const maxPauseMs = 30_000
const filterNames = ['event_types', 'client_ids', 'user_ids', 'actor_ids', 'outcome']

interface Operations {
  readonly create: CatalogueOperation
  readonly take: CatalogueOperation
  readonly end: CatalogueOperation
  readonly read: CatalogueOperation
}

/** @param all operations; the command is made when the server has listeners */
export function webhooksListen(all: readonly CatalogueOperation[]): readonly Command[] {
  const find = (id: string) => all.find((operation) => operation.id === id)
  const [create, take] = [find('createWebhookListener'), find('takeWebhookEvents')]
  const [end, read] = [find('deleteWebhookListener'), find('getWebhook')]
  if (!create || !take || !end || !read) return []
  const operations = { create, take, end, read }
  const fields = (create.body ?? []).filter(({ name }) => filterNames.includes(name))
  return [
    defineCommand({
      words: ['webhooks', 'listen'],
      summary: 'Forward events to an application on this machine',
      description:
        'Shows events as they happen, until Ctrl-C; with --forward-to also posts them there, signed as an endpoint gets them, and shows what was answered. The secret is the same each time, for you alone.',
      operations: [create.id, take.id, end.id],
      options: [
        {
          name: 'forward-to',
          value: 'url',
          summary: 'Where to post them: http://localhost:3000/webhooks, or https elsewhere',
        },
        { name: 'like', value: 'webhook_id', summary: 'What this endpoint gets, instead of all events' },
        ...fields.map((field) => optionOf({ ...field, required: false }, 'webhook')),
        { name: 'count', value: 'number', summary: 'End after this many events' },
      ],
      examples: [
        'authly webhooks listen --forward-to http://localhost:3000/webhooks',
        "authly webhooks listen --event-types 'user.*,session.ended' --output ndjson",
      ],
      run: (context) => listen(context, operations, all),
    }),
  ]
}

/** Its operations are this command; alone they make no sense. */
export const isOfListener = ({ path }: Pick<CatalogueOperation, 'path'>): boolean =>
  path.startsWith('/admin/webhooks/listeners')

interface Listener {
  readonly id: string
  readonly secret: string
  readonly public_key: string
}

async function listen(
  context: CommandContext,
  operations: Operations,
  all: readonly CatalogueOperation[],
): Promise<number> {
  const { global, options, terminal } = context
  const target = readTarget(options['forward-to'] as string | undefined)
  const most = readCount(options['count'] as string | undefined)
  const finder = createFinder(context, all, false)
  const filter = {
    ...(await filterLike(context, operations, options['like'] as string | undefined)),
    ...(await readBody(context, operations.create, 'webhook', finder)),
  }
  const { path } = operations.create
  const creation = { method: 'POST', path, headers: json, body: JSON.stringify(filter) } as const
  if (global.dryRun) {
    printRequest(context, creation)
    return exitCodes.ok.code
  }
  const begin = async (): Promise<Listener> =>
    (await (await (await context.api()).send(creation)).json()) as Listener
  let listener = await begin()
  greet(context, listener, target)
  try {
    for (let shown = 0, received: readonly string[] = [], failures = 0; ; ) {
      const taken = await take(context, operations, listener, received).catch(async (error: unknown) => {
        if (terminal.interrupted.aborted) throw new Failure('interrupted', 'Interrupted.')
        if (!(error instanceof Failure)) throw error
        if (isGone(error)) {
          context.output.note('The server forgot this listener; events since then are in the audit trail.')
          listener = await begin()
        } else if (error.reason === 'unavailable') {
          if (failures === 0) context.output.note('The connection broke; trying again.')
          await pause(terminal, Math.min(maxPauseMs, 1000 * 2 ** Math.min(failures, 5)))
          failures++
        } else throw error
        return undefined
      })
      if (taken === undefined) continue
      failures = 0
      received = []
      for (const webhook of taken) {
        show(context, webhook, target && (await forwardWebhook(target, webhook, terminal)))
        received = [...received, webhook.event_id]
        if (++shown >= most) return exitCodes.ok.code
      }
    }
  } catch (error) {
    if (!(error instanceof Failure) || error.reason !== 'interrupted') throw error
    // Ctrl-C is how listening ends.
    return exitCodes.ok.code
  } finally {
    await end(context, operations, listener)
  }
}

const json = { 'content-type': 'application/json' }

async function filterLike(
  context: CommandContext,
  { read }: Operations,
  webhookId: string | undefined,
): Promise<Record<string, unknown>> {
  if (webhookId === undefined) return {}
  const path = fillPath(read.path, { webhook_id: webhookId })
  const webhook = (await (await (await context.api()).send({ method: 'GET', path })).json()) as Record<
    string,
    unknown
  >
  return Object.fromEntries(filterNames.map((name) => [name, webhook[name]]))
}

function readCount(given: string | undefined): number {
  if (given === undefined) return Number.POSITIVE_INFINITY
  if (!/^[1-9]\d{0,4}$/.test(given)) throw new Failure('usage', '--count is a whole number from 1 to 99999.')
  return Number(given)
}

async function take(
  context: CommandContext,
  { take: operation }: Operations,
  { id }: Listener,
  received: readonly string[],
): Promise<readonly TakenWebhook[]> {
  const path = fillPath(operation.path, { listener_id: id })
  const body = JSON.stringify({ received, wait_seconds: waitSeconds })
  const response = await (await context.api()).send({ method: 'POST', path, headers: json, body })
  return ((await response.json()) as { items: readonly TakenWebhook[] }).items
}

/** Also after Ctrl-C. What is not ended here disappears by itself. */
async function end(context: CommandContext, { end: operation }: Operations, { id }: Listener): Promise<void> {
  const path = fillPath(operation.path, { listener_id: id })
  const signal = AbortSignal.timeout(3000)
  await (await context.api()).send({ method: 'DELETE', path, signal, isLast: true }).catch(() => undefined)
}

const isGone = ({ problem }: Failure): boolean => (problem as { status?: number } | undefined)?.status === 404

async function pause({ interrupted }: CommandContext['terminal'], milliseconds: number): Promise<void> {
  await sleep(milliseconds, undefined, { signal: interrupted }).catch(() => {
    throw new Failure('interrupted', 'Interrupted.')
  })
}

function greet({ output }: CommandContext, { secret, public_key }: Listener, target: URL | undefined): void {
  output.note(target ? `Forwarding events to ${target.href}; Ctrl-C ends it.` : 'Listening; Ctrl-C ends it.')
  output.note(`AUTHLY_WEBHOOK_SECRET=${secret}`)
  output.note(`Ed25519: ${public_key}`)
}

function show({ output }: CommandContext, webhook: TakenWebhook, forwarded: Forwarded | undefined): void {
  const { event_id, type, body } = webhook
  const time = new Date().toISOString().slice(11, 19)
  const answer =
    forwarded === undefined ? '' : `  → ${forwarded.status ?? forwarded.error} (${forwarded.duration_ms} ms)`
  const item = { event_id, type, ...forwarded, body: JSON.parse(body) as unknown }
  output.streamed(item, `${time}  ${safeText(type)}  ${safeText(event_id)}${answer}`)
}
