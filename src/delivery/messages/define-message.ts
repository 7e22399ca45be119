/**
 * A kind of message says what stands in it, once; `render-email.tsx` and `render-text.ts` make HTML and text of the same
 * parts, so that neither says more than the other. Attack: a stranger has us send their advertisement to others. What
 * people choose freely (names) is therefore in no message; an account is named by its identifier alone.
 */
import type { Language } from '../../messages/choose-language.ts'

/** What every kind may use besides its own parameters. */
export interface MessageContext {
  readonly language: Language
  /** Name of the service. */
  readonly service: string
  /** Host of the issuer. */
  readonly host: string
}

/** The parts of an e-mail, in the language of its reader. */
export interface EmailParts {
  readonly subject: string
  /** What mail programs show beside the subject; never a secret, it is seen on locked screens. */
  readonly preview: string
  readonly title: string
  readonly paragraphs: readonly string[]
  readonly action?: { readonly label: string; readonly url: string }
  readonly code?: string
  /** In small letters at the end. */
  readonly notes: readonly string[]
}

export interface EmailKind<Params> {
  readonly channel: 'email'
  compose(params: Params, context: MessageContext): EmailParts
  /** Shown by the preview, and checked in every language. */
  readonly example: Params
}

export interface SmsKind<Params> {
  readonly channel: 'sms'
  compose(params: Params, context: MessageContext): string
  readonly example: Params
}

export const defineEmail = <Params>(kind: Omit<EmailKind<Params>, 'channel'>): EmailKind<Params> => ({
  channel: 'email',
  ...kind,
})

export const defineSms = <Params>(kind: Omit<SmsKind<Params>, 'channel'>): SmsKind<Params> => ({
  channel: 'sms',
  ...kind,
})
