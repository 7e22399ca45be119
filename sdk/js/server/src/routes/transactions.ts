import { AuthlyError, type AuthorizationTransaction, safeReturnTo } from '@authly-server/core'
import { type CookieChange, removed } from '../cookies/cookie-change.ts'
import type { CookieNames } from '../cookies/cookie-names.ts'
import type { RequestCookies } from '../cookies/request-cookies.ts'
import type { Sealer } from '../cookies/seal.ts'

/** An attempt to sign in, known to one browser alone: whoever has another one cannot finish it. */
export interface Transaction extends AuthorizationTransaction {
  readonly returnTo: string
  readonly acrValues?: readonly string[]
}

/** The server's own pages allow half an hour, and a message may take its time. */
const lifetimeSeconds = 3600
/** Tabs that sign in at the same time, and what their cookies may hold together. */
const maxTransactions = 5
const maxLength = 4_000

export type Transactions = ReturnType<typeof createTransactions>

/** A cookie for each attempt, so that tabs do not take each other's place. */
export function createTransactions(sealer: Sealer, names: CookieNames) {
  return {
    begin: async (transaction: Transaction, cookies: RequestCookies): Promise<readonly CookieChange[]> => {
      const open = [...cookies].filter(([name]) => name.startsWith(names.transactionPrefix))
      const dated = await Promise.all(
        open.map(async ([name, value]) => {
          const { startedAt } = (await sealer.open('transaction', value)) ?? {}
          return { name, length: value.length, startedAt: Number(startedAt ?? 0) }
        }),
      )
      const value = await sealer.seal('transaction', transaction)
      if (value.length > maxLength)
        throw new AuthlyError('invalid_request', { description: 'what the sign-in is asked for is too long' })
      // Attack: a page of another site opens long links to the sign-in, one after the other, until requests are larger
      // than servers take (RFC 9110 §15.5.22): nobody gets in with this browser, for as long as these cookies live.
      let room = maxLength - value.length
      const outdated = dated
        .toSorted((a, b) => b.startedAt - a.startedAt)
        .filter(({ length }, index) => {
          room -= length
          return room < 0 || index >= maxTransactions - 1
        })
      return [
        ...outdated.map(({ name }) => removed(name)),
        { name: names.transaction(transaction.state), value, maxAgeSeconds: lifetimeSeconds },
      ]
    },

    /** The attempt with this `state`, if this browser began it. */
    find: async (state: string | null, cookies: RequestCookies): Promise<Transaction | undefined> => {
      const sealed = state === null ? undefined : cookies.get(names.transaction(state))
      const found = sealed && ((await sealer.open('transaction', sealed)) as Transaction | undefined)
      if (!found || found.state !== state) return undefined
      return Date.now() - found.startedAt < lifetimeSeconds * 1000 ? found : undefined
    },

    /** It is over, however it went. */
    end: ({ state }: Transaction): CookieChange => removed(names.transaction(state)),
  }
}

/** The longest `returnTo` that is kept: cookies have little room. */
const maxReturnTo = 1_500

/** @throws AuthlyError `invalid_return_to` */
export function readReturnTo(given: string | null, origin: string, home: string): string {
  const path = given === null ? home : safeReturnTo(given, origin)
  return path.length <= maxReturnTo ? path : home
}
