import { err, ok } from '../../kit/result.ts'
import { invalidRequest } from '../../protocol/refusal.ts'
import type { Check } from './check.ts'

export const prompts = ['none', 'login', 'consent', 'select_account', 'create'] as const
export type Prompt = (typeof prompts)[number]

/**
 * OpenID Connect Core §3.1.2.1: `none` must be the only value; unknown values are an error. `create`: Initiating User
 * Registration via OpenID Connect 1.0.
 */
export const checkPrompt: Check<{ readonly prompt: ReadonlySet<Prompt> }> = (_needs, { parameters }) => {
  const values = (parameters.get('prompt') ?? '').split(' ').filter((value) => value !== '')
  if (!values.every((value): value is Prompt => prompts.some((known) => known === value))) {
    return err(invalidRequest('prompt has an unknown value'))
  }
  return values.includes('none') && values.length > 1
    ? err(invalidRequest('prompt none cannot be combined'))
    : ok({ prompt: new Set(values) })
}
