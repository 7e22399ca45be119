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
import { cellOf, type Item } from '../output/table.ts'
import { optionOf } from './fields.ts'
import { createFinder } from './find-by-name.ts'
import { readLastEvents } from './last-events.ts'
import { readQuery } from './operation-request.ts'
import { createPrinter, type Print } from './print-events.ts'
import { printRequest } from './print-request.ts'

const maxPauseMs = 30_000
const defaultLines = 10

/** @param all operations: the last events come from the list of events */
export function auditTail(operation: CatalogueOperation, all: readonly CatalogueOperation[]): Command {
  return defineCommand({
    words: ['audit', 'tail'],
    summary: 'Follow the audit trail live',
    description:
      'Shows the last events and then each as it happens, until Ctrl-C. After a break it goes on behind the last event, without gaps.',
    operations: [operation.id],
    options: [
      ...operation.query.map((field) => optionOf(field, 'event')),
      {
        name: 'follow',
        negatable: true,
        short: 'f',
        summary: 'Go on for ever; `--no-follow` ends when there is nothing new',
      },
      {
        name: 'lines',
        short: 'n',
        value: 'number',
        summary: `Begin with this many of the last events; without it ${defaultLines}, with \`--after\` none`,
      },
      { name: 'count', value: 'number', summary: 'End after this many events, those of `--lines` aside' },
    ],
    examples: [
      'authly audit tail --families user,role',
      'authly audit tail -n 5 --no-follow',
      'authly audit tail --after 1042 --output ndjson >> trail.ndjson',
    ],
    run: (context) => tail(context, operation, all),
  })
}

async function tail(
  context: CommandContext,
  operation: CatalogueOperation,
  all: readonly CatalogueOperation[],
): Promise<number | undefined> {
  const { output } = context
  const query = await readQuery(context, operation, 'event', createFinder(context, all, false))
  const count = readCount(context, 'count', 1) ?? Number.POSITIVE_INFINITY
  const lines = readCount(context, 'lines', 0) ?? (query.has('after') ? 0 : defaultLines)
  if (lines > 0 && query.has('after')) throw usage('--lines and --after both say where to begin.')
  const path = `${operation.path}${query.size > 0 ? `?${query}` : ''}`
  if (context.global.dryRun) return printRequest(context, { method: 'GET', path })

  const list = all.find(({ id }) => id === 'listAuditEvents')
  const position: StreamPosition = { lastEventId: query.get('after') ?? undefined, retryMs: 1000 }
  const print = createPrinter(context, list?.columns ?? [], all)
  try {
    if (lines > 0 && list) {
      const last = await readLastEvents(context, list, query, lines)
      await print(last.events)
      position.lastEventId = last.position
    }
    await follow(context, path, position, count, print)
    return exitCodes.ok.code
  } catch (error) {
    if (!(error instanceof Failure) || error.reason !== 'interrupted') throw error
    // Ctrl-C is how following ends.
    if (position.lastEventId) output.note(`To go on from here: --after ${position.lastEventId}`)
    return exitCodes.ok.code
  }
}

function readCount({ options }: CommandContext, option: string, least: number): number | undefined {
  const given = options[option] as string | undefined
  if (given === undefined) return undefined
  if (!/^\d{1,5}$/.test(given) || Number(given) < least)
    throw usage(`--${option} is a whole number from ${least} to 99999.`)
  return Number(given)
}

async function follow(
  context: CommandContext,
  path: string,
  position: StreamPosition,
  count: number,
  print: Print,
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
        if (block === 'idle' || (await show(context, block, print)) === 'closed') break
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
async function show(
  { output }: CommandContext,
  { event, data }: StreamedEvent,
  print: Print,
): Promise<'closed' | undefined> {
  const value = JSON.parse(data) as Item
  switch (event) {
    case 'audit':
      await print([value])
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
