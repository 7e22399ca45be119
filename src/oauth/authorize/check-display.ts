import { leadingEntries } from '../../kit/language-tag.ts'
import { err, ok } from '../../kit/result.ts'
import { invalidRequest } from '../../protocol/refusal.ts'
import type { Check } from './check.ts'

export const displays = ['page', 'popup', 'touch', 'wap'] as const

export interface Hints {
  readonly display: string | undefined
  readonly login_hint: string | undefined
  readonly ui_locales: string | undefined
}

/** More than anyone needs; the list is part of every URL of a sign-in. */
const maxLocalesLength = 128

/** OpenID Connect Core §3.1.2.1: hints for the pages. They do not affect the decision. */
export const checkDisplay: Check<{ readonly hints: Hints }> = (_needs, { parameters }) => {
  const display = parameters.get('display')
  if (display !== undefined && !displays.some((known) => known === display)) {
    return err(invalidRequest('display has an unknown value'))
  }
  const locales = parameters.get('ui_locales')
  return ok({
    hints: {
      display,
      login_hint: parameters.get('login_hint'),
      ui_locales: locales === undefined ? undefined : leadingEntries(locales, ' ', maxLocalesLength),
    },
  })
}
