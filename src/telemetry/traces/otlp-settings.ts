/** Where spans are sent, as OpenTelemetry's exporters are configured (https://opentelemetry.io/docs/specs/otel/protocol/exporter/). */
import { isPublicHost } from '../../kit/public-host.ts'

/** Whether spans may be sent to this base URL: a private address without TLS, any other only with it. */
export function isOtlpEndpoint(text: string): boolean {
  if (!URL.canParse(text) || /[?#]/.test(text)) return false
  const { protocol, username, password, hostname } = new URL(text)
  if (username !== '' || password !== '') return false
  return protocol === 'https:' || (protocol === 'http:' && !isPublicHost(hostname))
}

const headerName = /^[!#$%&'*+.^_`|~\w-]+$/
/** Visible characters and spaces (RFC 9110 §5.5). */
const headerValue = /^[\x20-\x7e]*$/

/**
 * Reads `name=value,name2=value2`, values percent-encoded, as `OTEL_EXPORTER_OTLP_HEADERS` has them.
 * @returns undefined when it is not of this form
 */
export function parseOtlpHeaders(text: string): Readonly<Record<string, string>> | undefined {
  const headers: Record<string, string> = {}
  for (const pair of text.split(',').filter((part) => part.trim() !== '')) {
    const [name = '', ...rest] = pair.split('=')
    const value = decode(rest.join('=').trim())
    if (!headerName.test(name.trim()) || value === undefined || !headerValue.test(value)) return undefined
    headers[name.trim().toLowerCase()] = value
  }
  return headers
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
