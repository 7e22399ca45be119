/** Puts into words why a new passkey was not added. */
import type { Messages } from '../messages/en.ts'
import type { RegisterRefusal } from '../passkeys/register-passkey.ts'

export function describePasskeyRefusal(
  { formExpired, passkeyProblems, passkeySection }: Messages,
  refusal: RegisterRefusal,
): string {
  switch (refusal) {
    case 'expired':
    case 'changed':
      return formExpired
    case 'not_allowed':
      return passkeySection.notAllowed
    case 'taken':
      return passkeySection.taken
    case 'full':
      return passkeySection.full
    case 'unsupported':
      return passkeyProblems.wrongDomain
    case 'invalid':
    case 'gone':
      return passkeySection.refused
  }
}
