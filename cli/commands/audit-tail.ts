/**
 * `authly audit tail`: the live stream of the audit trail. After a break it goes on behind the last event it has, so
 * nothing is missed and nothing shown twice; should the server have lost track, it says so.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { CatalogueOperation } from '../api/catalogue.ts'
import { readEvents, type StreamedEvent, type StreamPosition } from '../api/event-stream.ts'
import { type Command, type CommandContext, defineCommand } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { Failure, usage } from '../failure.ts'
import { safeText } from '../output/safe-text.ts'
import { cellOf, type Item } from '../output/table.ts'
import { pad } from '../output/text-width.ts'
import { optionOf } from './fields.ts'
import { readQuery } from './operation-request.ts'
import { printRequest } from './print-request.ts'

const maxPauseMs = 30_000

export function auditTail(operation: CatalogueOperation): Command {
  return defineCommand({
    words: ['audit', 'tail'],
    summary: 'Follow the audit trail live',
    description:
      'Prints events as they happen, until Ctrl-C. After a break it goes on behind the last event, without gaps.',
    operations: [operation.id],
    options: [
      ...operation.query.map((field) => optionOf(field, 'event')),
      {
        name: 'follow',
        negatable: true,
        short: 'f',
        summary: 'Go on for ever; `--no-follow` ends when there is nothing new',
      },
      { name: 'count', short: 'n', value: 'number', summary: 'End after this many events' },
    ],
    examples: [
      'authly audit tail --families user,role',
      'authly audit tail --after 1042 --output ndjson >> trail.ndjson',
    ],
    run: (context) => tail(context, operation),
  })
}

async function tail(context: CommandContext, operation: CatalogueOperation): Promise<number | undefined> {
  const { options } = context
  const query = await readQuery(context, operation, 'event')
  const count = options['count'] === undefined ? Number.POSITIVE_INFINITY : Number(options['count'])
  if (Number.isNaN(count) || count < 1) throw usage('--count is a number of events.')
  const path = `${operation.path}${query.size > 0 ? `?${query}` : ''}`
  if (context.global.dryRun) return printRequest(context, { method: 'GET', path })
  const position: StreamPosition = { lastEventId: query.get('after') ?? undefined, retryMs: 1000 }
  try {
    await follow(context, path, position, count)
    return exitCodes.ok.code
  } catch (error) {
    if (!(error instanceof Failure) || error.reason !== 'interrupted') throw error
    // Ctrl-C is how following ends.
    if (position.lastEventId) context.output.note(`To go on from here: --after ${position.lastEventId}`)
    return exitCodes.ok.code
  }
}

async function follow(
  context: CommandContext,
  path: string,
  position: StreamPosition,
  count: number,
): Promise<void> {
  const { terminal } = context
  let shown = 0
  for (let failures = 0; ; ) {
    const connection = new AbortController()
    const signal = AbortSignal.any([connection.signal, terminal.interrupted])
    try {
      const headers = {
        accept: 'text/event-stream',
        ...(position.lastEventId ? { 'last-event-id': position.lastEventId } : {}),
      }
      const { body } = await (await context.api()).send({ method: 'GET', path, headers, signal })
      const blocks = readEvents(
        body as ReadableStream<Uint8Array>,
        position,
        context.options['follow'] === false,
      )
      for await (const block of blocks) {
        failures = 0
        // Without --follow the first sign of life means: that was all.
        if (block === 'idle' || show(context, block) === 'closed') break
        if (block.event === 'audit' && ++shown >= count) return
      }
      if (context.options['follow'] === false) return
    } catch (error) {
      if (terminal.interrupted.aborted) throw new Failure('interrupted', 'Interrupted.')
      const isOver = error instanceof Failure && error.reason !== 'unavailable'
      if (isOver) throw error
      if (failures++ === 0) context.output.note('The connection broke; trying again.')
    } finally {
      connection.abort()
    }
    const pause = Math.min(maxPauseMs, position.retryMs * 2 ** Math.min(failures, 5))
    await sleep(pause, undefined, { signal: terminal.interrupted }).catch(() => {
      throw new Failure('interrupted', 'Interrupted.')
    })
  }
}

/** @returns `closed` when the server ends this connection */
function show({ output }: CommandContext, { event, data }: StreamedEvent): 'closed' | undefined {
  const value = JSON.parse(data) as Item
  switch (event) {
    case 'audit':
      output.streamed(value, lineOf(value))
      return undefined
    case 'reset':
      output.note(
        `Events between ${cellOf(value['after'])} and ${cellOf(value['position'])} may be missing (${cellOf(value['reason'])}).`,
      )
      return undefined
    case 'closed':
      if (value['reason'] === 'forbidden')
        throw new Failure('refused', 'You may not read the audit trail any more.')
      return 'closed'
    default:
      return undefined
  }
}

/** One event in one line. */
export function lineOf(event: Item): string {
  const field = (name: string) => safeText(String(event[name] ?? ''))
  const subject = event['entity_type'] ? `${field('entity_type')} ${field('entity_id')}` : field('user_id')
  const actor = event['actor_type'] ? `${field('actor_type')} ${field('actor_id')}` : ''
  return [
    ...[pad(field('position'), 6), field('occurred_at'), pad(field('outcome'), 7), pad(field('type'), 26)],
    ...[actor && `by ${actor}`, subject && `on ${subject}`, field('ip')].filter((part) => part !== ''),
  ].join('  ')
}
