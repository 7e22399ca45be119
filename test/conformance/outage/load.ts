/** A bounded load of every operation that must not need Postgres, and a note of all that was issued. */
import { decodeJwt } from 'jose'
import type { RelyingParty, Tokens } from '../relying-party.ts'
import type { SeededClient } from '../seed.ts'
import type { UserAgent } from '../user-agent.ts'
import { type Answer, send } from '../wire.ts'

export type Issued = {
  requests: number
  /** What failed, with the answer. */
  readonly failures: string[]
  /** `jti` of service tokens. */
  readonly serviceTokens: string[]
  /** `jti` of tokens from codes. */
  readonly codeTokens: string[]
  refreshes: number
}

export type Load = {
  readonly rp: RelyingParty
  readonly issuer: string
  /** Taken in turn; people have agreed to all of them. */
  readonly clients: readonly SeededClient[]
  /** Browsers in which people are signed in. */
  readonly agents: readonly UserAgent[]
}

export const emptyNote = (): Issued => ({
  ...{ requests: 0, failures: [], serviceTokens: [], codeTokens: [], refreshes: 0 },
})

const jtiOf = (token: string): string => decodeJwt(token).jti as string

/** One turn: a service token, its introspection, the keys, and a person's whole way from silent authorize to refresh. */
export async function oneTurn(load: Load, note: Issued, turn: number): Promise<void> {
  const { rp, issuer, clients, agents } = load
  const client = clients[turn % clients.length] as SeededClient
  const check = (what: string, answer: { status: number; text: string }, ok: boolean): boolean => {
    note.requests += 1
    if (!ok) note.failures.push(`${what}: ${answer.status} ${answer.text.slice(0, 200)}`)
    return ok
  }
  const tokens = (answer: Answer) => answer.json as Tokens

  const service = await rp.requestToken(client, { grant_type: 'client_credentials', scope: 'demo:read' })
  if (check('client_credentials', service, service.status === 200)) {
    note.serviceTokens.push(jtiOf(tokens(service).access_token))
    const inspected = await rp.introspect(client, tokens(service).access_token)
    check('introspect a service token', inspected, inspected.json?.['active'] === true)
  }
  const keys = await send(`${issuer}/.well-known/jwks.json`)
  check('jwks', keys, keys.status === 200)

  const page = await rp.authorize(client, { prompt: 'none' }, agents[turn % agents.length])
  const code = page.location?.searchParams.get('code') ?? ''
  if (
    !check('silent authorize', { status: page.status, text: page.location?.href ?? page.text }, code !== '')
  )
    return
  const redeemed = await rp.redeem(client, code)
  if (!check('redeem', redeemed, redeemed.status === 200)) return
  note.codeTokens.push(jtiOf(tokens(redeemed).access_token))
  const refreshed = await rp.refresh(client, tokens(redeemed).refresh_token)
  if (!check('refresh', refreshed, refreshed.status === 200)) return
  note.refreshes += 1
  const inspected = await rp.introspect(client, tokens(refreshed).access_token)
  check('introspect a person’s token', inspected, inspected.json?.['active'] === true)
}

/** Turns in `lanes` parallel lanes until `seconds` have passed or `maxTurns` were taken. */
export async function runLoad(
  load: Load,
  note: Issued,
  seconds: number,
  maxTurns: number,
  lanes = 4,
): Promise<void> {
  const end = Date.now() + seconds * 1000
  let turn = 0
  const lane = async () => {
    while (Date.now() < end && turn < maxTurns) {
      await oneTurn(load, note, turn++)
      // Spread over the whole time rather than over in a moment.
      await new Promise((resolve) => setTimeout(resolve, (seconds * 1000 * lanes) / maxTurns))
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}
