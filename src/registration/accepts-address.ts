/** Whether an account may be made with an address, as far as its domain decides. Pure. */
import type { Settings } from '../settings/settings.ts'
import { identifierForm } from '../users/normal-form.ts'

/** @param email a valid address */
export function acceptsAddress(
  settings: Pick<Settings, 'registration.mode' | 'registration.allowed_domains'>,
  email: string,
): boolean {
  if (settings['registration.mode'] !== 'domains') return true
  const domain = domainOf(identifierForm(email))
  return settings['registration.allowed_domains'].some(
    (allowed) => domainOf(identifierForm(`any@${allowed}`)) === domain,
  )
}

const domainOf = (form: string): string => form.slice(form.lastIndexOf('@') + 1)
