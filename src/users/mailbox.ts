/** The shape of an e-mail address as this server takes it, and what is wrong with a text that does not have it. */
import { isDomain, toUnicodeDomain } from './normal-form.ts'
import { identifierFault } from './user-text.ts'

/** A dot-atom or any letters before the @ (RFC 5321 §4.1.2, RFC 6531 §3.3), a domain of at least one label. */
export const mailbox = /^[^\s@"(),:;<>[\]\\]{1,64}@[^\s@"(),:;<>[\]\\.]+(\.[^\s@"(),:;<>[\]\\.]+)*$/

const maxLocalLength = 64

/** Why a text is not a `mailbox`. */
export function mailboxFault(text: string): string {
  if (/^[^"]*<.*>$/.test(text)) return 'must be the address alone, without a name and <>'
  if (text.includes('"')) return 'must not have a quoted part before the @'
  if (/@.*[,;]/.test(text)) return 'must be one address'
  const at = text.indexOf('@')
  if (at < 0) return 'must be an e-mail address, with an @'
  const [local, domain] = [text.slice(0, at), text.slice(at + 1)]
  if (domain.includes('@')) return 'must have only one @'
  if (local === '') return 'must have a name before the @'
  if (local.length > maxLocalLength) return `must have at most ${maxLocalLength} characters before the @`
  if (domain.startsWith('[')) return 'must have a domain behind the @, not an IP address'
  if (/^\.|\.\.|\.$|^$/.test(domain)) return 'must have a domain behind the @, without empty parts'
  const refused = /[\s"(),:;<>[\]\\]/.exec(text)?.[0]
  if (refused === undefined) return 'must be an e-mail address'
  return /\s/.test(refused) ? 'must not hold a space' : `must not hold ${refused}`
}

/** What is wrong with the parts of a `mailbox`. */
export function partFault(address: string): string | undefined {
  const at = address.indexOf('@')
  const domain = address.slice(at + 1)
  if (!isDomain(domain)) return 'must have a domain behind the @'
  const parts = [address.slice(0, at), ...toUnicodeDomain(domain).split('.')]
  return parts.map(identifierFault).find((fault) => fault !== undefined)
}
