/**
 * `audit.export`: the trail as a file. NDJSON carries the evidence (src/evidence/format/export-format.ts): without
 * filters whole checkpoints, which prove that nothing is missing; with filters a proof for each event. CSV is for
 * spreadsheets and proves nothing.
 */
import { type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import { filterBody } from '../../audit/search/event-filter.ts'
import { selectEvents } from '../../audit/search/event-query.store.ts'
import { byteOrderMark, contentTypes, createRowWriter } from '../../jobs/formats/row-writers.ts'
import { defineJobKind, type JobWork } from '../../jobs/job-kind.ts'
import {
  chainPage,
  type ExportPage,
  findHorizon,
  readChain,
  readEvents,
  readPlain,
  readSegment,
  readTail,
} from './export-pages.store.ts'
import { createExportWriter, type ExportState, emptyExport } from './export-writer.ts'
import { signerOf } from './signer-of.ts'

const pageSize = 500
const checkpointsPerPage = 8

const params = z.object({
  filter: filterBody,
  format: z.enum(['ndjson', 'csv']),
  to: z.enum(['download', 'r2']),
  /** Whether a CSV begins with a byte order mark; absent in an order of an older version. */
  bom: z.boolean().optional(),
  from_position: z.number().int().positive().optional(),
  to_position: z.number().int().positive().optional(),
})
export type ExportAuditParams = z.output<typeof params>

interface Cursor {
  readonly phase: 'begin' | 'segments' | 'tail' | 'events' | 'plain' | 'chain' | 'manifest'
  /** Positions up to here were final when the export started. */
  readonly horizon: number
  /** The last checkpoint written. */
  readonly sequence: number
  /** The last event written. */
  readonly position: number
  readonly state: ExportState
}

const start: Cursor = { phase: 'begin', horizon: 0, sequence: 0, position: 0, state: emptyExport }

const columns = [
  ...['position', 'id', 'type', 'occurred_at', 'recorded_at', 'outcome', 'actor_type', 'actor_id', 'user_id'],
  ...[
    'client_id',
    'session_id',
    'entity_type',
    'entity_id',
    'ip',
    'user_agent',
    'request_id',
    'changes',
    'data',
  ],
]

type Work = JobWork<ExportAuditParams>

const isSelection = ({ filter }: ExportAuditParams): boolean =>
  Object.values(filter).some((value) => value !== undefined)

const lastPosition = ({ params: { to_position } }: Work, { horizon }: Cursor): number =>
  Math.min(to_position ?? horizon, horizon)

export const exportAudit = defineJobKind<ExportAuditParams, Cursor, Cursor, ExportPage>({
  name: 'audit.export',
  permission: 'admin:audit:export',
  params,
  effect: () => 'read',
  files: ({ format }) => ({ output: { content_type: contentTypes[format], extension: format } }),
  publishTo: ({ order, params: { to, format } }) =>
    to === 'r2'
      ? `audit/${new Date(order.created_at).toISOString().slice(0, 10)}/${order.job_id}.${format}`
      : undefined,

  plan: async (_, cursor = start) => cursor,

  statement(work, cursor) {
    const { phase, sequence } = cursor
    switch (phase) {
      case 'begin':
        return findHorizon()
      case 'segments':
        return readSegment(sequence + 1, work.params.from_position ?? 0, lastPosition(work, cursor))
      case 'events':
        return readEvents(nextEvents(work, cursor), checkpointsPerPage, sequence)
      case 'tail':
        return readTail(nextEvents(work, cursor))
      case 'plain':
        return readPlain(nextEvents(work, cursor))
      case 'chain':
        return readChain(sequence + 1, chainPage)
      case 'manifest':
        return readChain(0, 0)
    }
  },

  async record(work, cursor, page) {
    const { append, next, written } =
      work.params.format === 'csv' ? plainPage(work, cursor, page) : await evidencePage(work, cursor, page)
    return {
      cursor: next ?? cursor,
      done: next === undefined,
      ...{ processed: written, succeeded: written, failed: 0 },
      append: { output: append },
    }
  },
})

function nextEvents(work: Work, cursor: Cursor): SQL {
  const { filter, from_position = 1 } = work.params
  const after = Math.max(cursor.position, from_position - 1)
  const query = { filter, order: 'asc', after, limit: pageSize } as const
  return sql`select * from (${selectEvents(query, sql`*`)}) as selected where position <= ${lastPosition(work, cursor)}`
}

interface Written {
  readonly append: string
  readonly next: Cursor | undefined
  readonly written: number
}

function plainPage(work: Work, cursor: Cursor, page: ExportPage): Written {
  const writer = createRowWriter('csv', columns)
  if (cursor.phase === 'begin') {
    return {
      append: (work.params.bom ? byteOrderMark : '') + writer.start(),
      next: { ...cursor, phase: 'plain', horizon: page.horizon ?? 0 },
      written: 0,
    }
  }
  const events = (page.events ?? []).map(({ event }) => event)
  const last = events.at(-1)
  const next =
    last && last.position < lastPosition(work, cursor) ? { ...cursor, position: last.position } : undefined
  return { append: writer.rows(events), next, written: events.length }
}

async function evidencePage(work: Work, cursor: Cursor, page: ExportPage): Promise<Written> {
  const sign = signerOf(work, page.signer)
  const writer = createExportWriter({ root: work.root, sign }, cursor.state)
  const move = await writePage(work, cursor, page, writer)
  const { text, state } = writer.result()
  return {
    append: text,
    next: move && { ...cursor, ...move, state },
    written: state.events - cursor.state.events,
  }
}

/** @returns where to continue; `undefined` once the manifest is written */
async function writePage(
  work: Work,
  cursor: Cursor,
  page: ExportPage,
  writer: ReturnType<typeof createExportWriter>,
): Promise<Partial<Cursor> | undefined> {
  const { params, issuer } = work
  switch (cursor.phase) {
    case 'begin': {
      const { filter, from_position, to_position } = params
      const coverage = isSelection(params) ? 'selection' : 'whole'
      const filters = { ...filter, from_position, to_position }
      await writer.header({ issuer, coverage, filters, exported_at: new Date(work.now()).toISOString() })
      return { horizon: page.horizon ?? 0, phase: coverage === 'whole' ? 'segments' : 'events' }
    }
    case 'segments': {
      const { segment } = page
      // With an upper bound, the chain still continues to its end, so that the newest key vouches for it.
      if (!segment) return { phase: params.to_position === undefined ? 'tail' : 'chain' }
      await writer.segment(segment)
      return { sequence: segment.sequence, position: segment.last_position }
    }
    case 'chain': {
      const chain = page.chain ?? []
      for (const checkpoint of chain) await writer.checkpoint(checkpoint)
      return chain.length < chainPage ? { phase: 'manifest' } : { sequence: chain.at(-1)?.sequence ?? 0 }
    }
    case 'events':
      return writeSelection(cursor, page, writer)
    case 'tail':
    case 'plain': {
      const { events = [], erasures = [] } = page
      await writer.erasures(erasures)
      for (const { event } of events) await writer.event(event)
      return events.length === 0 ? { phase: 'manifest' } : { position: events.at(-1)?.event.position ?? 0 }
    }
    case 'manifest':
      await writer.manifest()
      return undefined
  }
}

async function writeSelection(
  cursor: Cursor,
  page: ExportPage,
  writer: ReturnType<typeof createExportWriter>,
): Promise<Partial<Cursor>> {
  const { events = [], leaves = [], chain = [], erasures = [] } = page
  if (events.length === 0) return { phase: 'chain' }
  const leavesOf = new Map(leaves.map((sealed) => [sealed.sequence, sealed.leaves]))
  const links = new Map(chain.map((checkpoint) => [checkpoint.sequence, checkpoint]))
  const { position } = cursor
  let { sequence } = cursor
  let last = position
  await writer.erasures(erasures)
  const linkUpTo = async (wanted: number) => {
    for (const link of links.values()) {
      if (link.sequence <= sequence || link.sequence > wanted) continue
      await writer.checkpoint(link)
      sequence = link.sequence
    }
  }
  for (const { event, sequence: sealedBy } of events) {
    await linkUpTo(sealedBy ?? 0)
    // The checkpoint of this event is more than one page of the chain away: continue there.
    if (sealedBy !== null && sequence < sealedBy) break
    const known = sealedBy === null ? undefined : leavesOf.get(sealedBy)
    if (sealedBy === null || !known) await writer.event(event)
    else await writer.provenEvent(event, sealedBy, known)
    last = event.position
  }
  return { sequence, position: last }
}
