/** How passkey providers name an account. */

import type { User } from '../users/user.ts'
import { accountName } from './account-name.ts'

/** `user_name` tells accounts apart; `display_name` is for people, and not unique (Web Authentication §5.4.3). */
export function passkeyUser(user: User): { readonly user_name: string; readonly display_name: string } {
  const user_name = accountName(user, user.id)
  const { name } = user.profile
  return { user_name, display_name: typeof name === 'string' && name !== '' ? name : user_name }
}
