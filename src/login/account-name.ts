/** The name by which a person recognises their account. */
import type { User } from '../users/user.ts'

/** E-mail address or username first: both are unique, a display name is not. */
export const accountName = (user: User | undefined, userId: string): string =>
  user?.email ?? user?.username ?? userId
