import { describe, expect, it } from 'vitest'
import { type SwitchedOn, takesPasskey } from '../../src/users/set-up-passkey.ts'
import type { OpenLink } from '../../src/users/set-up-password.ts'

const all: SwitchedOn = { passkeys: true, passwords: true, email_codes: false }
const withoutPasswords: SwitchedOn = { ...all, passwords: false }

const link: OpenLink = {
  ...{ userId: 'u', secretHash: 'h', identifiers: [], former: [] },
  ...{ purpose: 'reset', has_password: false, has_factor: false, has_email: true },
}
const invitation: OpenLink = { ...link, purpose: 'invitation' }

describe('a link takes a passkey', () => {
  it.each<[string, OpenLink, SwitchedOn]>([
    ['as the first credential', invitation, all],
    ['as the first credential, where codes are sent', invitation, { ...all, email_codes: true }],
    ['in place of a password, where passwords are off', link, withoutPasswords],
    ['beside a password that opens nothing', { ...link, has_password: true }, withoutPasswords],
    [
      'of an account that no code can be sent to',
      { ...link, has_email: false },
      { ...withoutPasswords, email_codes: true },
    ],
  ])('%s', (_, opened, on) => {
    expect(takesPasskey(opened, on)).toBe(true)
  })

  it.each<[string, OpenLink, SwitchedOn]>([
    ['where passkeys are off', invitation, { ...all, passkeys: false }],
    ['where a password can be chosen again', link, all],
    ['beside a password', { ...invitation, has_password: true }, all],
    ['beside a passkey or an app', { ...invitation, has_factor: true }, all],
    ['beside a passkey or an app, without passwords', { ...link, has_factor: true }, withoutPasswords],
    ['where a code signs in', link, { ...withoutPasswords, email_codes: true }],
  ])('but not %s', (_, opened, on) => {
    expect(takesPasskey(opened, on)).toBe(false)
  })
})
