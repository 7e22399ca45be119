/** Makes codes that prove a mailbox or a telephone, and checks them. */
import type { Clock } from '../../kit/clock.ts'
import { randomToken, uuidv7 } from '../../kit/ids.ts'
import type { RootSecret } from '../../kit/root-secret.ts'
import type { LanguageTag } from '../../messages/languages.ts'
import type { Destination } from '../message.ts'
import type { Message } from '../messages/index.ts'
import { composeMessage, type DestinationOf, type MessageNeeds } from '../queue-message.ts'
import { type CheckedCode, decoyContent, type IssuedCode } from './code-port.ts'
import { type Asker, codeLifetimeSeconds } from './decide-code.ts'

/** Whom a code is for, as the account is now. Any change of these ends the codes that were made before. */
export interface CodeAccount {
  readonly user_id: string
  readonly address: string
  readonly password_hash: string | undefined
}

export interface CodeNeeds extends MessageNeeds {
  readonly root: Pick<RootSecret, 'mac' | 'seal'>
  readonly now: Clock
  readonly destinationOf: DestinationOf
}

export interface MadeCode {
  readonly code_id: string
  readonly code: string
  /** Milliseconds since the Unix epoch. */
  readonly expires_at: number
}

export interface NewCode {
  /** `destinationName` of what was typed: the same object whether or not there is such an account. */
  readonly destination: string
  readonly asker: Asker
  /** Id of the code that this one takes the place of. */
  readonly replaces: string | undefined
  /** For a link: what the sign-in goes on with, sealed. */
  readonly resume?: ((code_id: string) => Promise<string>) | undefined
  /** Where it goes; of nobody's, where it would go. */
  readonly to: Destination
  /** Undefined: there is nobody to send it to. All is done as if there were, and nothing is sent. */
  readonly account: CodeAccount | undefined
  readonly language: LanguageTag
  readonly message: (made: MadeCode) => Message | Promise<Message>
}

/**
 * Makes a code and queues its message. One call, the same writes and the same work for everybody (user enumeration).
 * @returns its id, for the sign-in that asked for it
 */
export async function issueCode(
  needs: CodeNeeds,
  { destination, asker, replaces, resume, to, account, language, message }: NewCode,
): Promise<IssuedCode & { readonly code_id: string }> {
  const now = needs.now()
  const expires_at = now + codeLifetimeSeconds * 1000
  const code = newCode()
  const code_id = uuidv7(now)
  const [code_mac, mark, nobody, resumed, composed] = await Promise.all([
    codeMac(needs.root, code_id, code),
    accountMark(needs.root, account),
    accountMark(needs.root, undefined),
    resume?.(code_id),
    composeMessage(needs, code_id, {
      ...{ to, user_id: account?.user_id, language, expires_at },
      message: await message({ code_id, code, expires_at }),
    }),
  ])
  const queued = account ? composed : { ...composed, sealed: decoyContent }
  const answer = await needs.destinationOf(destination).issueCode({
    ...{ now, asker, replaces, code_id, code_mac, resume: resumed, expires_at },
    account_mark: account ? mark : nobody,
    message: queued,
  })
  return { ...answer, code_id }
}

export interface TypedCode {
  readonly destination: string
  readonly asker: Asker
  readonly code_id: string
  readonly code: string
  /** As it is now; undefined when there is none that may sign in. */
  readonly account: CodeAccount | undefined
}

/** One call. */
export async function checkCode(
  needs: Pick<CodeNeeds, 'root' | 'now' | 'destinationOf'>,
  { destination, asker, code_id, code, account }: TypedCode,
): Promise<CheckedCode> {
  const [code_mac, account_mark] = await Promise.all([
    codeMac(needs.root, code_id, code),
    accountMark(needs.root, account),
  ])
  return needs
    .destinationOf(destination)
    .checkCode({ now: needs.now(), asker, code_id, code_mac, account_mark })
}

const digits = 6

/** Each as likely as any other: what would make the first ones likelier is thrown away. */
export function newCode(): string {
  const limit = 2 ** 32 - (2 ** 32 % 10 ** digits)
  for (;;) {
    const [random = limit] = crypto.getRandomValues(new Uint32Array(1))
    if (random < limit) return String(random % 10 ** digits).padStart(digits, '0')
  }
}

/** Under a key: a million codes are tried in a second by whoever reads a plain hash. */
const codeMac = (root: Pick<RootSecret, 'mac'>, code_id: string, code: string): Promise<string> =>
  root.mac('one-time code', `${code_id} ${code}`)

/** Of nobody's account it is chance, and looks the same. */
const accountMark = (root: Pick<RootSecret, 'mac'>, account: CodeAccount | undefined): Promise<string> =>
  root.mac(
    'account of a code',
    account ? JSON.stringify([account.user_id, account.address, account.password_hash]) : randomToken(),
  )
