/** Usernames that people choose for themselves. Those that administrators give are not held to this. */
import { usernamePattern } from '../settings/registration-settings.ts'
import { identifierForm } from '../users/normal-form.ts'

export type UsernameProblem = 'malformed' | 'reserved'

/** Names that a service speaks in, or that its addresses and mailboxes have (RFC 2142). */
const reserved = [
  ...[
    'abuse',
    'account',
    'accounts',
    'admin',
    'administrator',
    'api',
    'authly',
    'billing',
    'contact',
    'daemon',
  ],
  ...[
    'everyone',
    'ftp',
    'guest',
    'help',
    'helpdesk',
    'hostmaster',
    'info',
    'legal',
    'login',
    'mail',
    'mailerdaemon',
  ],
  ...[
    'moderator',
    'news',
    'nobody',
    'noreply',
    'null',
    'oauth',
    'operator',
    'owner',
    'password',
    'payment',
    'payments',
  ],
  ...[
    'postmaster',
    'privacy',
    'register',
    'root',
    'sales',
    'security',
    'service',
    'settings',
    'signin',
    'signup',
  ],
  ...['staff', 'superuser', 'support', 'sysadmin', 'system', 'team', 'undefined', 'user', 'users', 'verify'],
  ...['webmaster', 'www'],
]

/**
 * What is wrong with a name that somebody chooses; `undefined` when nothing is.
 * @param more reserved names of the deployment (setting `registration.reserved_usernames`)
 */
export function usernameProblem(typed: string, more: readonly string[]): UsernameProblem | undefined {
  if (!usernamePattern.test(typed) || /[._-]{2}/.test(typed)) return 'malformed'
  const name = skeleton(typed)
  return [...reserved, ...more].some((taken) => skeleton(taken) === name) ? 'reserved' : undefined
}

/** Attack: `Adm1n` and `sup-port` speak to people in the name of the service. */
const skeleton = (name: string): string =>
  identifierForm(name)
    .replaceAll(/[._-]/g, '')
    .replaceAll('0', 'o')
    .replaceAll('1', 'i')
    .replaceAll('l', 'i')
    .replaceAll('3', 'e')
    .replaceAll('5', 's')
