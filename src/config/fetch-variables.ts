/** What this server fetches from others. */
import { z } from 'zod'
import { checkAddress } from '../kit/guarded-fetch.ts'
import { isPublicHost } from '../kit/public-host.ts'
import type { deploymentVariables } from './deployment-variables.ts'
import { flag, folder, isLoopback, type Read } from './variable.ts'

/** Whether it is `host:port` as a URL has it, of a public host and not the port that needs no permission. */
function isFetchHost(text: string): boolean {
  const address = `https://${text}`
  if (!/^(\[[\da-f:.]+\]|[^\s/?#@:[\]\\]+):\d{1,5}$/i.test(text) || !URL.canParse(address)) return false
  const { hostname, port } = new URL(address)
  return port !== '' && port !== '0' && isPublicHost(hostname)
}

export const fetchVariables = {
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
  AUTHLY_BREACHED_PASSWORDS_URL: folder
    .optional()
    .describe(
      'Where passwords are looked up in a list of breached ones: a server that speaks the range search of Have I Been Pwned, whose own address is `https://api.pwnedpasswords.com/range/`. It learns the first five digits of a SHA-1 hash ([passwords](passwords.md#breached-passwords)). Without it, or with the setting `passwords.breach_check` off, nothing is looked up.',
    ),
}

type Environment = Read<typeof fetchVariables>

export function findFetchFaults(
  env: Environment & Pick<Read<typeof deploymentVariables>, 'AUTHLY_ISSUER'>,
): readonly string[] {
  const { AUTHLY_ISSUER: issuer, AUTHLY_BREACHED_PASSWORDS_URL: url } = env
  const faults: string[] = []
  if (env.AUTHLY_ALLOW_LOOPBACK_FETCH && !isLoopback(issuer) && !isTestIssuer(issuer)) {
    faults.push('AUTHLY_ALLOW_LOOPBACK_FETCH is for issuers on a loopback host or below .test only')
  }
  if (url !== undefined && !checkAddress(url, toFetches(env)).ok) {
    faults.push(
      'AUTHLY_BREACHED_PASSWORDS_URL must be https on a public host, with the port 443 or in AUTHLY_FETCH_HOSTS',
    )
  }
  return faults
}

/** RFC 6761 reserves `.test`: no real deployment has such an issuer. */
const isTestIssuer = (url: string): boolean => new URL(url).hostname.endsWith('.test')

export const toFetches = (env: Environment) => ({
  allowLoopbackFetch: env.AUTHLY_ALLOW_LOOPBACK_FETCH,
  fetchHosts: env.AUTHLY_FETCH_HOSTS,
  breachedPasswordsUrl: env.AUTHLY_BREACHED_PASSWORDS_URL,
})
