import { AuthlyError } from './errors.ts'
import { type Fetch, readJson } from './http.ts'

/** What these packages use of a discovery document (OpenID Connect Discovery §3, RFC 8414 §2). */
export interface ServerMetadata {
  readonly issuer: string
  readonly authorization_endpoint: string
  readonly token_endpoint: string
  readonly jwks_uri: string
  readonly userinfo_endpoint?: string
  readonly revocation_endpoint?: string
  readonly introspection_endpoint?: string
  readonly end_session_endpoint?: string
  readonly pushed_authorization_request_endpoint?: string
  readonly require_pushed_authorization_requests?: boolean
  readonly authorization_response_iss_parameter_supported?: boolean
  readonly dpop_signing_alg_values_supported?: readonly string[]
  readonly id_token_signing_alg_values_supported?: readonly string[]
}

const required = ['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const
const optional = [
  'userinfo_endpoint',
  'revocation_endpoint',
  'introspection_endpoint',
  'end_session_endpoint',
  'pushed_authorization_request_endpoint',
] as const

/**
 * Reads the discovery document once and again after an hour; a failed attempt is not kept.
 * @param now milliseconds since the Unix epoch
 * @throws AuthlyError `issuer_mismatch`, `invalid_response` or `network_error`
 */
export function discoverOnce(
  issuer: string,
  fetch: Fetch,
  now: () => number = () => Date.now(),
): (() => Promise<ServerMetadata>) & { readonly forget: () => void } {
  let known: { readonly metadata: ServerMetadata; readonly until: number } | undefined
  let reading: Promise<ServerMetadata> | undefined
  const read = async (): Promise<ServerMetadata> => {
    const metadata = await discover(issuer, fetch)
    known = { metadata, until: now() + 3_600_000 }
    return metadata
  }
  const get = async () => {
    if (known && known.until > now()) return known.metadata
    if (isOnWorkers()) return read()
    reading ??= read().finally(() => {
      reading = undefined
    })
    return reading
  }
  return Object.assign(get, {
    forget() {
      known = undefined
    },
  })
}

/** There, and in Vercel's likeness, a request that waits for what another one has begun may wait for ever. */
export function isOnWorkers(): boolean {
  const { navigator, EdgeRuntime } = globalThis as {
    readonly navigator?: { readonly userAgent?: string }
    readonly EdgeRuntime?: unknown
  }
  return navigator?.userAgent === 'Cloudflare-Workers' || EdgeRuntime !== undefined
}

/**
 * Reads the discovery document.
 * @throws AuthlyError `issuer_mismatch`, `invalid_response` or `network_error`
 */
export async function discover(issuer: string, fetch: Fetch): Promise<ServerMetadata> {
  // Attack: whoever is on the way answers in the place of an issuer without TLS.
  if (!isSecureAddress(issuer)) throw unusable('the issuer must be an https address')
  const base = issuer.endsWith('/') ? issuer.slice(0, -1) : issuer
  const url = `${base}/.well-known/openid-configuration`
  const { value } = await readJson(fetch, new Request(url, { redirect: 'manual' }))
  const metadata = value as unknown as ServerMetadata
  // A document of another issuer would let that issuer read our codes (RFC 8414 §3.3).
  if (metadata.issuer !== issuer) throw new AuthlyError('issuer_mismatch')
  // Attack: `javascript:` where a page goes to, or http where tokens go to.
  const wrong = [...required, ...optional.filter((name) => metadata[name] !== undefined)].find(
    (name) => !isSecureAddress(metadata[name]),
  )
  if (wrong) throw unusable(`the discovery document has no usable ${wrong}`)
  return metadata
}

const unusable = (description: string) => new AuthlyError('invalid_response', { description })

/** https, or http on this machine, which is a secure context too. */
export function isSecureAddress(address: unknown): address is string {
  if (typeof address !== 'string' || !URL.canParse(address)) return false
  const { protocol, hostname } = new URL(address)
  return (
    protocol === 'https:' || (protocol === 'http:' && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname))
  )
}
