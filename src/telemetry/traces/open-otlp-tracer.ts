/** The tracer that sends spans to the configured collector; loaded only where there is one. */
import type { Config } from '../../config.ts'
import { release } from '../../release.ts'
import { createOtlpExporter } from './otlp-exporter.ts'
import { createRecordingTracer } from './recording-tracer.ts'
import { createSampler } from './sampler.ts'
import type { Attributes } from './span.ts'
import { createSpanBuffer } from './span-buffer.ts'

export type TracedConfig = Pick<Config, 'issuer' | 'localIssuer' | 'region' | 'traces'>

export function openOtlpTracer(config: TracedConfig, endpoint: string) {
  const { traces, issuer } = config
  const { hostname, port, protocol } = new URL(issuer)
  const scheme = protocol.slice(0, -1)
  const send = createOtlpExporter({
    ...{ endpoint, headers: traces.headers, resource: resourceOf(config), version: release },
  })
  return createRecordingTracer({
    sample: createSampler(traces),
    buffer: createSpanBuffer(send),
    server: {
      'server.address': hostname,
      'server.port': port === '' ? (scheme === 'https' ? 443 : 80) : Number(port),
      'url.scheme': scheme,
    },
  })
}

/** What produces the spans (https://opentelemetry.io/docs/specs/semconv/resource/). */
const resourceOf = ({ region, localIssuer }: TracedConfig): Attributes => ({
  'service.name': 'authly',
  'service.version': release,
  'service.instance.id': crypto.randomUUID(),
  'deployment.environment.name': localIssuer ? 'development' : 'production',
  'cloud.region': region,
})
