/**
 * What Resend reports of a message that it had taken (https://resend.com/docs/webhooks/event-types), signed as
 * https://docs.svix.com/receiving/verifying-payloads/how-manual says.
 */
import { z } from 'zod'
import { fromBase64 } from '../../kit/base64.ts'
import { decodeBase64Url } from '../../kit/base64url.ts'
import { sha256 } from '../../kit/hash.ts'
import { uuidv8 } from '../../kit/ids.ts'

export interface Report {
  /** UUID; the same when the report is repeated. */
  readonly id: string
  readonly kind: string
  readonly user_id: string | undefined
  readonly reason: string
}

export interface SignedReport {
  readonly headers: Pick<Headers, 'get'>
  /** As it came. */
  readonly body: string
}

/** Later than that, a report is refused: whoever recorded one cannot send it again for ever. */
const toleranceSeconds = 300

/** Those that say that a message did not arrive, or was not welcome, and the reason they give. */
const reasons: ReadonlyMap<string, string> = new Map([
  ['email.bounced', 'undetermined'],
  ['email.complained', 'complaint'],
  ['email.failed', 'failed'],
  ['email.suppressed', 'suppressed'],
])

const tagsSchema = z.union([
  z.record(z.string(), z.string()),
  // Some of their documents show a list.
  z
    .array(z.object({ name: z.string(), value: z.string() }))
    .transform((list) => Object.fromEntries(list.map(({ name, value }) => [name, value]))),
])

const kindSchema = z.string().regex(/^[a-z_]{1,40}$/)

const reportSchema = z.object({
  type: z.string(),
  data: z.object({
    // Another program may send by the same account, with tags of its own, or none.
    tags: tagsSchema.catch({}),
    bounce: z.object({ type: z.string() }).optional().catch(undefined),
  }),
})

/**
 * The report, or `ignored` when it is genuine and of nothing that we record.
 * @param secret bytes as base64
 * @param now milliseconds since the Unix epoch
 * @returns `undefined` for what Resend did not sign, or not now. Attack: a stranger fills the trail, or makes the
 * mailbox of somebody look dead
 */
export async function readResendReport(
  { headers, body }: SignedReport,
  secret: string,
  now: number,
): Promise<Report | 'ignored' | undefined> {
  const id = headers.get('svix-id') ?? ''
  const timestamp = headers.get('svix-timestamp') ?? ''
  const isRecent =
    /^\d{1,12}$/.test(timestamp) && Math.abs(now / 1000 - Number(timestamp)) <= toleranceSeconds
  const signatures = headers.get('svix-signature') ?? ''
  if (id === '' || !isRecent || !(await isSigned(`${id}.${timestamp}.${body}`, signatures, secret)))
    return undefined
  const { data: report } = reportSchema.safeParse(parseJson(body))
  const reason = report && reasons.get(report.type)
  if (!report || reason === undefined) return 'ignored'
  const { bounce, tags } = report.data
  // One of ours says of what kind it was.
  const { data: kind } = kindSchema.safeParse(tags['kind'])
  if (kind === undefined) return 'ignored'
  const { data: user_id } = z.uuid().safeParse(tags['user_id'])
  const isKnown = bounce !== undefined && /^(permanent|transient|undetermined)$/i.test(bounce.type)
  return { id: await eventIdOf(id), kind, user_id, reason: isKnown ? bounce.type.toLowerCase() : reason }
}

/** Several are there while the secret changes. */
async function isSigned(content: string, signatures: string, secret: string): Promise<boolean> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', fromBase64(secret), algorithm, false, ['verify'])
  const candidates = signatures
    .split(' ')
    .filter((each) => /^v1,[A-Za-z0-9+/]{43}=$/.test(each))
    .slice(0, 5)
  const signed = new TextEncoder().encode(content)
  const verified = await Promise.all(
    candidates.map((each) => crypto.subtle.verify('HMAC', key, fromBase64(each.slice('v1,'.length)), signed)),
  )
  return verified.includes(true)
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

/** Its audit event has this id, so that a repetition changes nothing. */
const eventIdOf = async (id: string): Promise<string> =>
  uuidv8(decodeBase64Url(await sha256(`resend report ${id}`)))
