/** What one operation uses, in units that are billed: its budget, its share of what requests do together, its CPU. */
import { type Budget, budgets } from '../../test/contracts/budgets.ts'
import { addUp, type Usage } from './prices.ts'

type OperationName = keyof typeof budgets

/** Where no test counts: stated in docs/cost.md. */
export const assumptions = {
  /** Wall-clock time of a call or an alarm, the write to disk included. */
  objectSeconds: 0.02,
  /** The same of an alarm that waits for Postgres. */
  deliverySeconds: 0.1,
  /** Memory that is billed for an object. */
  objectGb: 0.128,
  /** Requests of one client, or of one administrator, that a lease of a rate limit lasts for; at most 60. */
  requestsPerLease: 5,
  /** Shared audit events that one isolate sends together; at most 200. */
  eventsPerBatch: 1,
  /** Cheapest Argon2id (19 MiB, two passes), measured where docs/performance.md was. */
  passwordHashMs: 26,
  /** An operation that docs/performance.md does not measure. */
  otherMs: 1,
} as const

/** Titles in docs/performance.md. The dearer of two where the signature may be either. */
const measuredTitles: Partial<Record<OperationName, string>> = {
  clientCredentials: 'Token: client_credentials (ES256)',
  authorizationCode: 'Token: code redemption (ES256 + RS256 ID token)',
  refreshToken: 'Token: refresh with rotation (ES256 + RS256 ID token)',
  silentAuthorize: 'Authorize with a live session (silent)',
  introspect: 'Introspect',
  discovery: 'Discovery',
  jwks: 'JWKS',
  passkeyLogin: 'Sign-in with a passkey (ES256)',
  oneTimePassword: 'Sign-in, its second factor: TOTP',
}

const hashing: readonly OperationName[] = [
  'passwordLogin',
  'firstLogin',
  'newPerson',
  'refusedLogin',
  'passwordSetup',
  'changePassword',
  'rememberedDevice',
]
/** Counted by address: people come from as many, so each request takes a lease of its own. */
const countedByAddress: readonly OperationName[] = [
  ...['silentAuthorize', 'administrativeAuthorize', 'resumedAuthorize', 'hostedPage'],
] as const
/** Not counted by a lease. */
const unleased: readonly OperationName[] = [
  ...['discovery', 'jwks', 'userinfo', 'passkeyLogin', 'firstPasskeyLogin'],
  ...['refusedPasskey', 'forgedPasskey'],
  ...['askedCode', 'askedCodeOfNobody', 'codeLogin', 'linkLogin', 'refusedCode', 'openedLink'],
  ...['askedSms', 'smsCode'],
  ...hashing,
] as const
/** Not requests, but what requests do together, or what happens without any. */
const parts: readonly OperationName[] = [
  ...['leaseRefill', 'auditBatch', 'anotherAuditBatch', 'webhookLook', 'webhookEvent'],
  ...['returningVisitor', 'expiry'],
] as const

export const operationNames = (Object.keys(budgets) as OperationName[]).filter(
  (name) => !parts.includes(name),
)

/** Server CPU of Authly by title: CPU-seconds per 1,000 requests are milliseconds per request. */
export function readCpuMs(performance: string): ReadonlyMap<string, number> {
  const sections = performance.split(/^### /m).slice(1)
  return new Map(
    sections.flatMap((section): [string, number][] => {
      const title = section.split('\n', 1)[0] as string
      const cells = /^\| Authly \|(.+)\|$/m.exec(section)?.[1]?.split('|')
      const cpu = Number(cells?.[3])
      return Number.isFinite(cpu) ? [[title, cpu]] : []
    }),
  )
}

/** @returns milliseconds, and whether they were measured */
export function cpuMsOf(name: OperationName, measured: ReadonlyMap<string, number>) {
  const cpuMs = measured.get(measuredTitles[name] ?? '')
  if (cpuMs !== undefined) return { cpuMs, isMeasured: true }
  const { otherMs, passwordHashMs } = assumptions
  return { cpuMs: hashing.includes(name) ? otherMs + passwordHashMs : otherMs, isMeasured: false }
}

/**
 * What `name` uses, its share of leases and audit batches included.
 * @param batchesPerDelivery that one alarm of a shared outbox delivers, on average
 */
export function usageOf(
  name: OperationName,
  measured: ReadonlyMap<string, number>,
  batchesPerDelivery = 1,
): Usage {
  const budget: Budget = budgets[name]
  return addUp(
    [1, { workerRequests: 1, cpuMs: cpuMsOf(name, measured).cpuMs }],
    [1, objectUsage(budget)],
    [leasesOf(name), objectUsage(budgets.leaseRefill)],
    [budget.sharedEvents / assumptions.eventsPerBatch, batchUsage(batchesPerDelivery)],
  )
}

function leasesOf(name: OperationName): number {
  if (unleased.includes(name)) return 0
  return countedByAddress.includes(name) ? 1 : 1 / assumptions.requestsPerLease
}

/** What the platform does days after a sign-in. */
export const expiryUsage = (): Usage => objectUsage(budgets.expiry)

/** Of an event for one webhook endpoint, and of a look that finds none. */
export const webhookUsage = (part: 'webhookEvent' | 'webhookLook'): Usage => objectUsage(budgets[part])

/** What a sign-in with a live session costs beyond its requests: its grant expires. */
export const returningUsage = (): Usage => objectUsage(budgets.returningVisitor)

/** The first sign-in of a person, beyond what others cost. */
export const newPersonUsage = (): Usage =>
  addUp([1, objectUsage(budgets.newPerson)], [-1, objectUsage(budgets.firstLogin)])

/** Of one batch, when an alarm delivers several. */
function batchUsage(batchesPerDelivery: number): Usage {
  const others = (batchesPerDelivery - 1) / batchesPerDelivery
  return addUp(
    [1 / batchesPerDelivery, objectUsage(budgets.auditBatch)],
    [others, objectUsage(budgets.anotherAuditBatch)],
  )
}

function objectUsage({ objectCalls, rowsRead, rowsWritten, later }: Budget): Usage {
  const { objectGb, objectSeconds, deliverySeconds } = assumptions
  const requests = objectCalls + later.alarms
  return {
    objectRequests: requests,
    objectGbSeconds: (requests * objectSeconds + later.deliveries * deliverySeconds) * objectGb,
    rowsRead: rowsRead + later.rowsRead,
    rowsWritten: rowsWritten + later.rowsWritten,
  }
}
