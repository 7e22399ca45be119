/** What callers of a destination's object ask of it about codes. */
import type { QueuedMessage } from '../message.ts'
import type { Asker, CheckDecision, IssueDecision, PresentedCode, StoredCode } from './decide-code.ts'

export interface IssueCode extends Omit<StoredCode, 'failures'> {
  /** Milliseconds since the Unix epoch. */
  readonly now: number
  readonly asker: Asker
  /** The code of the same sign-in that this one takes the place of. */
  readonly replaces: string | undefined
  /** Brings the code. Without an account its content is empty (`decoyContent`), and it is deleted instead of sent. */
  readonly message: QueuedMessage
}

export type IssuedCode = { readonly status: 'issued' } | Exclude<IssueDecision, { readonly status: 'issued' }>

export interface CheckCode extends PresentedCode {
  readonly now: number
  readonly asker: Asker
  readonly code_id: string
}

export type CheckedCode =
  | { readonly status: Exclude<CheckDecision['status'], 'locked'> }
  | Extract<CheckDecision, { readonly status: 'locked' }>

/** The codes of one destination. */
export interface DestinationCodes {
  /** Makes it known and queues its message: both are stored, or neither. */
  issueCode(input: IssueCode): Promise<IssuedCode>
  /** Uses a right code up: of many at once, one is right. */
  checkCode(input: CheckCode): Promise<CheckedCode>
  /** What the sign-in of a code goes on with; `undefined` when it is used up, or was not asked for with a link. */
  readResume(codeId: string, now: number): Promise<string | undefined>
}

/** In place of a sealed content. */
export const decoyContent = ''
