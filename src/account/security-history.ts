/** Which events a person sees of their own, in words of `messages.securityHistory.events`. */
import type { AuditEventType } from '../audit/event.ts'
import type { Messages } from '../messages/en.ts'

/** Events of tokens are left out: there is one for every refresh of every application. */
export type ShownEventType = Extract<AuditEventType, keyof Messages['securityHistory']['events']>

/** All of them: the list is that of the words. */
export const shownEventTypes = (messages: Messages): readonly ShownEventType[] =>
  Object.keys(messages.securityHistory.events) as ShownEventType[]

export const historyPageSize = 25

/** The cursor of an address; undefined for whatever is none. */
export const readCursor = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
