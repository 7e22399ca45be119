/** A running OpenTelemetry Collector, and the spans it has received, as it understood them. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFreePort } from '../../scripts/process/free-port.ts'
import { spawnGuarded } from '../../scripts/process/guarded-child.ts'

export const spanKinds = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const

export interface ReceivedSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string
  readonly name: string
  readonly kind: number
  readonly isError: boolean
  readonly start: bigint
  readonly end: bigint
  readonly attributes: Readonly<Record<string, unknown>>
  readonly resource: Readonly<Record<string, unknown>>
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[]
}

export interface Collector {
  /** For `AUTHLY_OTLP_ENDPOINT`. */
  readonly endpoint: string
  spans(): Promise<readonly ReceivedSpan[]>
  /** Everything it received, as text. */
  text(): Promise<string>
  stop(): Promise<void>
}

/** @param program of `buildCollector` */
export async function startCollector(program: string): Promise<Collector> {
  const folder = await mkdtemp(join(tmpdir(), 'authly-otelcol-'))
  const port = await findFreePort()
  const output = join(folder, 'traces.jsonl')
  const config = join(folder, 'config.json')
  await writeFile(
    config,
    JSON.stringify({
      receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${port}` } } } },
      exporters: { file: { path: output, flush_interval: '100ms' } },
      service: {
        pipelines: { traces: { receivers: ['otlp'], exporters: ['file'] } },
        // Its own metrics would listen on a fixed port.
        telemetry: { metrics: { level: 'none' } },
      },
    }),
  )
  const child = await spawnGuarded(program, ['--config', `file:${config}`], { stdio: 'ignore' })
  const endpoint = `http://127.0.0.1:${port}`
  const stop = async () => {
    await child.stop()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await untilListening(endpoint, child.exited)
  } catch (error) {
    await stop()
    throw error
  }
  const text = () => readFile(output, 'utf8').catch(() => '')
  return { endpoint, stop, text, spans: async () => readSpans(await text()) }
}

async function untilListening(endpoint: string, ended: Promise<unknown>): Promise<void> {
  let isGone = false
  void ended.then(() => {
    isGone = true
  })
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; ) {
    if (isGone) throw new Error('the collector ended at once')
    // It refuses this, which shows that it is there.
    if (await fetch(`${endpoint}/v1/traces`).catch(() => undefined)) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('the collector does not listen')
}

interface KeyValue {
  readonly key: string
  readonly value: Readonly<Record<string, unknown>>
}

function readSpans(text: string): readonly ReceivedSpan[] {
  const lines = text.split('\n').filter(Boolean)
  return lines.flatMap((line) =>
    JSON.parse(line).resourceSpans.flatMap((group: ResourceSpans) =>
      group.scopeSpans.flatMap(({ spans }) => spans.map((span) => toSpan(span, group.resource.attributes))),
    ),
  )
}

interface ResourceSpans {
  readonly resource: { readonly attributes: readonly KeyValue[] }
  readonly scopeSpans: readonly { readonly spans: readonly WrittenSpan[] }[]
}

interface WrittenSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes?: readonly KeyValue[]
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[]
  readonly status?: { readonly code?: number }
}

const statusError = 2

const toSpan = (span: WrittenSpan, resource: readonly KeyValue[]): ReceivedSpan => ({
  ...{ traceId: span.traceId, spanId: span.spanId, parentSpanId: span.parentSpanId ?? '' },
  ...{ name: span.name, kind: span.kind, isError: span.status?.code === statusError },
  ...{ start: BigInt(span.startTimeUnixNano), end: BigInt(span.endTimeUnixNano) },
  attributes: toRecord(span.attributes ?? []),
  resource: toRecord(resource),
  links: span.links ?? [],
})

const toRecord = (attributes: readonly KeyValue[]): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
