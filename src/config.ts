/**
 * Configuration: environment variables -> Config, parsed once per isolate. `docs/configuration.md` is
 * generated from this schema (`npm run docs:generate`), so every description here is what operators read.
 */
import { z } from 'zod'
import { findMtlsFaults, toMtlsSettings } from './certificates/mtls-settings.ts'
import { profiles } from './clients/profile.ts'
import {
  emailProviders,
  findDeliveryFaults,
  smsProviders,
  toDeliverySettings,
} from './delivery/delivery-config.ts'
import { checkAddress } from './kit/guarded-fetch.ts'
import { setLogRegion } from './kit/log.ts'
import { isLoopbackHost, isPublicHost } from './kit/public-host.ts'
import { createTraceSample } from './kit/trace-context.ts'
import { parsePolicyOverrides } from './rate-limits/policies.ts'
import { findTurnstileFaults, toTurnstileSettings } from './registration/challenge/turnstile-config.ts'
import { addressDetails } from './telemetry/shown-address.ts'
import { isOtlpEndpoint, parseOtlpHeaders } from './telemetry/traces/otlp-settings.ts'

const isLoopback = (url: string): boolean => URL.canParse(url) && isLoopbackHost(new URL(url).hostname)

/** Whether it is `host:port` as a URL has it, of a public host and not the port that needs no permission. */
function isFetchHost(text: string): boolean {
  const address = `https://${text}`
  if (!/^(\[[\da-f:.]+\]|[^\s/?#@:[\]\\]+):\d{1,5}$/i.test(text) || !URL.canParse(address)) return false
  const { hostname, port } = new URL(address)
  return port !== '' && port !== '0' && isPublicHost(hostname)
}

const seconds = (fallback: number, description: string) =>
  z.coerce
    .number()
    .int()
    .positive()
    .max(366 * 86_400)
    .default(fallback)
    .describe(description)

const flag = (description: string) =>
  z
    .enum(['true', 'false'])
    .default('false')
    .transform((value) => value === 'true')
    .describe(description)

const issuer = z
  .string()
  .refine((value) => URL.canParse(value), 'must be an absolute URL')
  .refine(
    (value) => !/[?#]/.test(value) && !value.endsWith('/'),
    'must have no query, fragment or final slash',
  )
  .refine((value) => URL.canParse(value) && new URL(value).pathname === '/', 'must have no path')
  .refine(
    (value) => value.startsWith('https://') || isLoopback(value),
    'must be https (http only on a loopback host)',
  )

export const environmentSchema = z.object({
  AUTHLY_ISSUER: issuer.describe(
    'Issuer identifier (RFC 8414 §2). Every URL of this server starts with it; request headers are ignored.',
  ),
  AUTHLY_ROOT_SECRET: z
    .string()
    .regex(/^[A-Za-z0-9_-]{43,}$/, 'must be base64url of at least 32 bytes')
    .describe(
      'Secret. Key material (base64url, >= 32 bytes) from which the keys that seal signing keys, handles and cookies are derived.',
    ),
  AUTHLY_ROOT_SECRET_PREVIOUS: z
    .string()
    .default('')
    .transform((value) => value.split(',').filter(Boolean))
    .refine(
      (secrets) => secrets.every((secret) => /^(closed:)?[A-Za-z0-9_-]{43,}$/.test(secret)),
      'must be a list of base64url values of at least 32 bytes, each maybe marked closed:',
    )
    .describe(
      'Secret. Older root secrets, comma-separated, the oldest one last; they open old values but seal nothing new. One marked `closed:` opens nothing either. The oldest one must remain: pairwise subjects and the user handles in passkeys are computed with it.',
    ),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must be a postgres:// URL')
    .describe(
      'Secret. Postgres connection string of the worker’s role, which owns nothing, used through the Neon HTTP driver. Migrations use DATABASE_OWNER_URL, which the worker never gets.',
    ),
  DATABASE_GATEWAY_URL: z
    .string()
    .refine(isLoopback, 'must be a loopback URL')
    .optional()
    .describe(
      'Local development only: the gateway (loopback) that speaks the Neon protocol in front of Postgres.',
    ),
  AUTHLY_REGION: z
    .string()
    .regex(/^[a-z0-9-]{1,32}$/)
    .default('local')
    .describe('Name of this regional deployment; also the name of its replica object.'),
  AUTHLY_JURISDICTION: z
    .enum(['eu', 'fedramp', 'us'])
    .optional()
    .describe('Durable Object jurisdiction, in which objects are created and stay.'),
  AUTHLY_LOCATION_HINT: z
    .enum(['wnam', 'enam', 'sam', 'weur', 'eeur', 'apac', 'oc', 'afr', 'me'])
    .optional()
    .describe('Durable Object location hint, for regions without a jurisdiction.'),
  AUTHLY_CLIENT_ADDRESS: z
    .enum(['unknown', 'connection', 'cloudflare', 'proxy'])
    .default('unknown')
    .describe(
      'Who is in front of this server, and so is believed about the caller: address and client certificate. `cloudflare`: Cloudflare, which sets `CF-Connecting-IP`, `CF-Ray` and `cf.tlsClientAuth` itself. `proxy`: a proxy of yours that ends TLS, through which every request comes; the address is the last one in `X-Forwarded-For`, the certificate is in `Client-Cert` (RFC 9440), and the proxy replaces both headers ([deployment](deployment.md#where-requests-come-from)). `connection`: callers reach workerd directly; the address is that of the connection. `unknown`: there is no trusted source; all requests share the limits of one address, and an address list admits none. Headers that the caller could have set are ignored.',
    ),
  AUTHLY_MTLS_ORIGIN: issuer
    .optional()
    .describe(
      'Switches mutual TLS on (RFC 8705): the origin where clients connect with a certificate, e.g. `https://mtls.auth.example.com`, announced in `mtls_endpoint_aliases`; or the issuer, where its own host asks for certificates. Needs AUTHLY_CLIENT_ADDRESS `cloudflare` or `proxy`, which tells where certificates come from ([mutual TLS](deployment.md#mutual-tls)).',
    ),
  AUTHLY_PROXY_VERIFIES_CERTIFICATES: flag(
    'Only with AUTHLY_CLIENT_ADDRESS `proxy`: the proxy sends `Client-Cert` for no certificate whose chain and revocation it has not verified. Without it `tls_client_auth` is not offered; self-signed certificates and tokens bound to a certificate need no chain.',
  ),
  AUTHLY_LOG_ACCESS_RATIO: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(0.01)
    .describe(
      'Share of the successful requests that get a line in the log, from 0 (none) to 1 (all). Refusals and errors always get one.',
    ),
  AUTHLY_LOG_ADDRESSES: z
    .enum(addressDetails)
    .default('none')
    .describe(
      'How much of the caller’s address the lines of requests show, which is personal data: nothing, its network (/24, or /48 of IPv6), or all of it. Rate limits and the audit trail do not depend on it.',
    ),
  AUTHLY_CACHE_BACKEND: z
    .enum(['durable-object', 'upstash'])
    .default('durable-object')
    .describe('Second tier of the edge cache.'),
  AUTHLY_RATE_LIMIT_BACKEND: z
    .enum(['durable-object', 'upstash'])
    .default('durable-object')
    .describe('Where rate limits are counted; `upstash` shares one limit across regional deployments.'),
  UPSTASH_REDIS_REST_URL: z.url().optional().describe('Upstash Redis REST endpoint.'),
  UPSTASH_REDIS_REST_TOKEN: z.string().optional().describe('Secret. Upstash Redis REST token.'),
  AUTHLY_RATE_LIMITS: z
    .string()
    .default('{}')
    .transform(parsePolicyOverrides)
    .describe(
      'JSON object that overrides rate-limit policies: `{"token-client":{"capacity":600,"per_seconds":60}}`.',
    ),
  AUTHLY_TRACE_RATIO: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe(
      'Share of the requests that are traced, from 0 to 1, decided here whatever callers ask for. With AUTHLY_OTLP_ENDPOINT, a request that failed is exported all the same. Without it, any value above 0 adds this server’s spans to what the platform records, whose share is `head_sampling_rate` in wrangler.toml.',
    ),
  AUTHLY_TRACE_CALLERS_PER_SECOND: z.coerce
    .number()
    .int()
    .min(0)
    .max(1000)
    .default(0)
    .describe(
      'How many requests a second and isolate are traced, beyond that share, because the `traceparent` of the caller is sampled. Anyone can send one. Only with AUTHLY_OTLP_ENDPOINT.',
    ),
  AUTHLY_OTLP_ENDPOINT: z
    .string()
    .refine(
      isOtlpEndpoint,
      'must be an https URL without credentials, query or fragment (http only for a private host)',
    )
    .optional()
    .describe(
      'Base URL of an OpenTelemetry collector that takes OTLP/HTTP; `/v1/traces` is appended. For servers whose platform does not export traces. It may be a private address.',
    ),
  AUTHLY_OTLP_HEADERS: z
    .string()
    .default('')
    .transform((text, issues) => {
      const headers = parseOtlpHeaders(text)
      if (headers === undefined) issues.addIssue('must be a list of name=value, values percent-encoded')
      return headers ?? {}
    })
    .describe(
      'Secret. Headers of every request to AUTHLY_OTLP_ENDPOINT: `authorization=Bearer%20abc,x-tenant=1`.',
    ),
  AUTHLY_CLIENT_PROFILE: z
    .enum(profiles)
    .default('oidc')
    .describe(
      'The [profile](profiles.md) of clients that have none of their own (`authly client-profiles check` says what a change does to them).',
    ),
  AUTHLY_ACCESS_TOKEN_TTL_SECONDS: seconds(600, 'Access token lifetime, unless the client has its own.'),
  AUTHLY_ID_TOKEN_TTL_SECONDS: seconds(600, 'ID token lifetime, unless the client has its own.'),
  AUTHLY_AUTHORIZATION_CODE_TTL_SECONDS: seconds(60, 'Authorization code lifetime.'),
  AUTHLY_REQUIRE_PUSHED_AUTHORIZATION_REQUESTS: flag(
    'Every client must push its authorization requests first (RFC 9126), whatever its `require_pushed_authorization_requests` says ([authorization requests](authorization-requests.md)).',
  ),
  AUTHLY_REFRESH_TOKEN_IDLE_TTL_SECONDS: seconds(
    14 * 86_400,
    'A refresh token family ends if its token is not used for this long.',
  ),
  AUTHLY_REFRESH_TOKEN_ABSOLUTE_TTL_SECONDS: seconds(
    90 * 86_400,
    'Maximum lifetime of a refresh token family.',
  ),
  AUTHLY_REFRESH_REPLAY_GRACE_SECONDS: seconds(
    30,
    'Within this window, presenting the previous refresh token again returns the same successor.',
  ),
  AUTHLY_SESSION_IDLE_TTL_SECONDS: seconds(
    7 * 86_400,
    'A sign-in session ends if it is not used for this long.',
  ),
  AUTHLY_SESSION_ABSOLUTE_TTL_SECONDS: seconds(30 * 86_400, 'Maximum lifetime of a sign-in session.'),
  AUTHLY_INTERACTION_TTL_SECONDS: seconds(
    1800,
    'How long a person may take on the sign-in and consent pages.',
  ),
  AUTHLY_KEY_ROTATION_SECONDS: seconds(
    90 * 86_400,
    'Age at which a signing key is replaced by its successor.',
  ),
  AUTHLY_KEY_PREPUBLISH_SECONDS: seconds(
    86_400,
    'A key is in the JWKS this long before it signs: at least 600, so that every cached key set has it by then.',
  ).refine((value) => value >= 600, 'must be at least 600'),
  AUTHLY_KEY_RETENTION_SECONDS: seconds(
    7 * 86_400,
    'A retired key stays in the JWKS this long. Keep it above the longest token lifetime.',
  ),
  AUTHLY_DPOP_NONCE: z
    .enum(['public_clients', 'every_client', 'no_client'])
    .default('public_clients')
    .describe(
      'Whose DPoP proofs must contain a nonce of this server (RFC 9449 §8), which costs them one more request now and then. Applications in browsers and on devices are public clients ([sender-constrained tokens](sender-constrained-tokens.md#nonces)). A nonce is offered to all of them.',
    ),
  AUTHLY_SESSION_MANAGEMENT: flag(
    'OpenID Connect Session Management 1.0: `check_session_iframe`, `session_state` and a cookie that scripts can read. Of little use where browsers block cookies of other sites; prefer back-channel logout.',
  ),
  AUTHLY_ALLOW_LOOPBACK_FETCH: flag(
    'Development and tests: allows outgoing fetches (`jwks_uri`, `sector_identifier_uri`, `AUTHLY_BREACHED_PASSWORDS_URL`) to loopback addresses, also over http. Only for an issuer on a loopback host or below `.test`.',
  ),
  AUTHLY_FETCH_HOSTS: z
    .string()
    .default('')
    .transform((value) =>
      value
        .split(',')
        .map((entry) => entry.trim())
        .filter(Boolean),
    )
    .refine(
      (hosts) => hosts.every(isFetchHost),
      'must be a list of host:port with public hosts, ports other than 443',
    )
    .transform((hosts): ReadonlySet<string> => new Set(hosts.map((host) => new URL(`https://${host}`).host)))
    .describe(
      'Other ports than 443 that outgoing fetches (`jwks_uri`, `sector_identifier_uri`) may reach: a comma-separated list of `host:port`, e.g. `keys.example.com:8443`. Always https and public hosts only.',
    ),
  AUTHLY_BREACHED_PASSWORDS_URL: z
    .string()
    .refine((value) => URL.canParse(value) && value.endsWith('/'), 'must be a URL that ends in a slash')
    .optional()
    .describe(
      'Where passwords are looked up in a list of breached ones: a server that speaks the range search of Have I Been Pwned, whose own address is `https://api.pwnedpasswords.com/range/`. It learns the first five digits of a SHA-1 hash ([passwords](passwords.md#breached-passwords)). Without it, or with the setting `passwords.breach_check` off, nothing is looked up.',
    ),
  AUTHLY_EMAIL_PROVIDER: z
    .enum(emailProviders)
    .optional()
    .describe(
      'By what e-mail leaves ([delivery](delivery.md)): the binding `EMAIL` of Cloudflare’s e-mail service, the API of Resend, or an SMTP server. Without it no e-mail is sent.',
    ),
  AUTHLY_EMAIL_FROM: z
    .string()
    .max(254)
    .regex(/^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/, 'must be an e-mail address')
    .optional()
    .describe(
      'The address that e-mail comes from. The name beside it is `branding.name`. Its domain needs SPF and DKIM, as the provider says.',
    ),
  AUTHLY_RESEND_API_KEY: z
    .string()
    .regex(/^[\x21-\x7e]{8,}$/, 'must be a key without spaces')
    .optional()
    .describe('Secret. API key of Resend; one that may only send is enough.'),
  AUTHLY_RESEND_WEBHOOK_SECRET: z
    .string()
    .regex(
      /^whsec_(?:[A-Za-z0-9+/]{4}){6,}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
      'must be a signing secret, `whsec_…`',
    )
    .optional()
    .describe(
      'Secret. Signing secret of a webhook of Resend at `<issuer>/delivery/resend`, which reports [bounces](delivery.md#bounces). Without it that address does not exist.',
    ),
  AUTHLY_SMTP_HOST: z
    .string()
    .regex(/^[A-Za-z0-9.-]{1,253}$/, 'must be a host name')
    .optional()
    .describe('The SMTP server. Its certificate must be valid for this name.'),
  AUTHLY_SMTP_PORT: z.coerce
    .number()
    .int()
    .min(1)
    .max(65_535)
    .refine((port) => port !== 25, 'must not be 25, which the platform blocks')
    .default(587)
    .describe('Port of the SMTP server: 587 or 465.'),
  AUTHLY_SMTP_TLS: z
    .enum(['implicit', 'starttls'])
    .optional()
    .describe(
      'When TLS begins: with the connection (`implicit`, the default on port 465) or by STARTTLS (elsewhere). Without TLS nothing is sent.',
    ),
  AUTHLY_SMTP_USERNAME: z.string().min(1).max(256).optional().describe('Account at the SMTP server.'),
  AUTHLY_SMTP_PASSWORD: z.string().min(1).max(1024).optional().describe('Secret. Its password.'),
  AUTHLY_SMS_PROVIDER: z
    .enum(smsProviders)
    .optional()
    .describe('By what text messages leave. Without it none is sent.'),
  AUTHLY_SMS_FROM: z
    .string()
    .regex(/^(\+[1-9]\d{6,14}|MG[0-9a-f]{32}|[A-Za-z0-9 ]{1,11})$/, 'must be a number, sender id or service')
    .optional()
    .describe(
      'What text messages come from: a number (`+15005550006`), an alphanumeric sender id, or the SID of a messaging service (`MG…`).',
    ),
  AUTHLY_TWILIO_ACCOUNT_SID: z
    .string()
    .regex(/^AC[0-9a-f]{32}$/, 'must be an account SID')
    .optional()
    .describe('Account SID of Twilio.'),
  AUTHLY_TWILIO_AUTH_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]{8,}$/, 'must be a token without spaces')
    .optional()
    .describe('Secret. Auth token of Twilio.'),
  AUTHLY_MESSAGE_PROVIDER_URL: z
    .string()
    .refine((value) => URL.canParse(value) && value.endsWith('/'), 'must be a URL that ends in a slash')
    .optional()
    .describe(
      'Development and tests: a loopback address that stands in for the APIs of Resend and Twilio, as `npm start` sets it.',
    ),
  AUTHLY_TURNSTILE_SITE_KEY: z
    .string()
    .regex(/^[\w-]{8,100}$/, 'must be a site key')
    .optional()
    .describe(
      'Site key of Cloudflare Turnstile, which then takes the place of the proof of work that [registration](registration.md#abuse) asks for.',
    ),
  AUTHLY_TURNSTILE_SECRET_KEY: z
    .string()
    .regex(/^[\w-]{8,200}$/, 'must be a secret key')
    .optional()
    .describe('Secret. Secret key of Cloudflare Turnstile.'),
  AUTHLY_TURNSTILE_URL: z
    .string()
    .refine((value) => URL.canParse(value) && value.endsWith('/'), 'must be a URL that ends in a slash')
    .optional()
    .describe('Development and tests: a loopback address that stands in for the API of Turnstile.'),
  AUTHLY_METRICS: flag(
    'Counts requests, sign-ins, cache reads and the like for Prometheus, at `/metrics` ([metrics](metrics.md)). Without it nothing is counted and `/metrics` does not exist.',
  ),
  AUTHLY_METRICS_TOKEN: z
    .string()
    .regex(/^[A-Za-z0-9_~+/=.-]{32,}$/, 'must be at least 32 characters of a bearer token')
    .optional()
    .describe(
      'Secret. A bearer token that may read `/metrics`, also while Postgres is unavailable, and sees no clients in it. Without it only access tokens with the scope `admin:stats:read` may.',
    ),
})

export type Config = ReturnType<typeof toConfig>
type Environment = z.output<typeof environmentSchema>

function toConfig(env: Environment) {
  return {
    issuer: env.AUTHLY_ISSUER,
    /** `__Host-` cookies need https; http issuers exist on loopback only. */
    secureCookies: env.AUTHLY_ISSUER.startsWith('https://'),
    /** A development server: only what runs on this machine reaches it. */
    localIssuer: env.AUTHLY_ISSUER.startsWith('http://'),
    rootSecret: env.AUTHLY_ROOT_SECRET,
    previousRootSecrets: env.AUTHLY_ROOT_SECRET_PREVIOUS,
    databaseUrl: env.DATABASE_URL,
    databaseGatewayUrl: env.DATABASE_GATEWAY_URL,
    region: env.AUTHLY_REGION,
    jurisdiction: env.AUTHLY_JURISDICTION,
    locationHint: env.AUTHLY_LOCATION_HINT,
    clientAddress: env.AUTHLY_CLIENT_ADDRESS,
    mtls: toMtlsSettings(env),
    log: {
      accessSample: createTraceSample(env.AUTHLY_LOG_ACCESS_RATIO),
      addresses: env.AUTHLY_LOG_ADDRESSES,
    },
    cacheBackend: env.AUTHLY_CACHE_BACKEND,
    rateLimitBackend: env.AUTHLY_RATE_LIMIT_BACKEND,
    upstash:
      env.UPSTASH_REDIS_REST_URL && env.UPSTASH_REDIS_REST_TOKEN
        ? { url: env.UPSTASH_REDIS_REST_URL, token: env.UPSTASH_REDIS_REST_TOKEN }
        : undefined,
    rateLimitOverrides: env.AUTHLY_RATE_LIMITS,
    traces: {
      ratio: env.AUTHLY_TRACE_RATIO,
      callersPerSecond: env.AUTHLY_TRACE_CALLERS_PER_SECOND,
      endpoint: env.AUTHLY_OTLP_ENDPOINT,
      headers: env.AUTHLY_OTLP_HEADERS,
    },
    profile: env.AUTHLY_CLIENT_PROFILE,
    accessTokenTtlSeconds: env.AUTHLY_ACCESS_TOKEN_TTL_SECONDS,
    idTokenTtlSeconds: env.AUTHLY_ID_TOKEN_TTL_SECONDS,
    requirePushedAuthorizationRequests: env.AUTHLY_REQUIRE_PUSHED_AUTHORIZATION_REQUESTS,
    authorizationCodeTtlSeconds: env.AUTHLY_AUTHORIZATION_CODE_TTL_SECONDS,
    refreshTokenIdleTtlSeconds: env.AUTHLY_REFRESH_TOKEN_IDLE_TTL_SECONDS,
    refreshTokenAbsoluteTtlSeconds: env.AUTHLY_REFRESH_TOKEN_ABSOLUTE_TTL_SECONDS,
    refreshReplayGraceSeconds: env.AUTHLY_REFRESH_REPLAY_GRACE_SECONDS,
    sessionIdleTtlSeconds: env.AUTHLY_SESSION_IDLE_TTL_SECONDS,
    sessionAbsoluteTtlSeconds: env.AUTHLY_SESSION_ABSOLUTE_TTL_SECONDS,
    interactionTtlSeconds: env.AUTHLY_INTERACTION_TTL_SECONDS,
    keyRotationSeconds: env.AUTHLY_KEY_ROTATION_SECONDS,
    keyPrepublishSeconds: env.AUTHLY_KEY_PREPUBLISH_SECONDS,
    keyRetentionSeconds: env.AUTHLY_KEY_RETENTION_SECONDS,
    dpopNonce: env.AUTHLY_DPOP_NONCE,
    sessionManagement: env.AUTHLY_SESSION_MANAGEMENT,
    allowLoopbackFetch: env.AUTHLY_ALLOW_LOOPBACK_FETCH,
    fetchHosts: env.AUTHLY_FETCH_HOSTS,
    breachedPasswordsUrl: env.AUTHLY_BREACHED_PASSWORDS_URL,
    delivery: toDeliverySettings(env),
    turnstile: toTurnstileSettings(env),
    metrics: env.AUTHLY_METRICS,
    metricsToken: env.AUTHLY_METRICS_TOKEN,
  } as const
}

/** A configuration mistake: the message names each variable and what it must be, and never a value. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
}

/** Parses the environment. @throws ConfigurationError naming every wrong variable */
export function parseConfig(env: Record<string, unknown>): Config {
  const parsed = environmentSchema.safeParse(env)
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => {
      const name = path.join('.')
      return env[name] === undefined ? `${name} is missing` : `${name} ${message}`
    })
    throw new ConfigurationError(`configuration: ${problems.join('; ')}`)
  }
  const faults = [
    ...findDeliveryFaults(parsed.data),
    ...findTurnstileFaults(parsed.data),
    ...findMtlsFaults(parsed.data),
  ]
  if (faults.length > 0) throw new ConfigurationError(`configuration: ${faults.join('; ')}`)
  const config = toConfig(parsed.data)
  if (config.allowLoopbackFetch && !isLoopback(config.issuer) && !isTestIssuer(config.issuer)) {
    throw new ConfigurationError(
      'configuration: AUTHLY_ALLOW_LOOPBACK_FETCH is for issuers on a loopback host or below .test only',
    )
  }
  if (config.breachedPasswordsUrl !== undefined && !checkAddress(config.breachedPasswordsUrl, config).ok) {
    throw new ConfigurationError(
      'configuration: AUTHLY_BREACHED_PASSWORDS_URL must be https on a public host, with the port 443 or in AUTHLY_FETCH_HOSTS',
    )
  }
  const needsUpstash = config.cacheBackend === 'upstash' || config.rateLimitBackend === 'upstash'
  if (needsUpstash && !config.upstash) {
    throw new ConfigurationError(
      'configuration: UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN are needed by the upstash backend',
    )
  }
  return config
}

/** RFC 6761 reserves `.test`: no real deployment has such an issuer. */
const isTestIssuer = (url: string): boolean => new URL(url).hostname.endsWith('.test')

/** Whether this deployment counts, asked before the whole configuration is parsed. */
export const isMetricsOn = (env: object): boolean =>
  (env as { AUTHLY_METRICS?: unknown }).AUTHLY_METRICS === 'true'

const parsed = new WeakMap<object, Config>()

/** The configuration in the bindings of this isolate, parsed once. @throws ConfigurationError */
export function configOf(env: object): Config {
  let config = parsed.get(env)
  if (!config) {
    config = parseConfig({ ...env })
    parsed.set(env, config)
    setLogRegion(config.region)
  }
  return config
}
