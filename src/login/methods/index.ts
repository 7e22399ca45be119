/** The sign-in methods. The page shows the first one unless the request names another. */
import type { LoginMethod } from './login-method.ts'
import { password } from './password.ts'

export const loginMethods: readonly [LoginMethod, ...LoginMethod[]] = [password]

/** The method with this id, or the first one. */
export const findLoginMethod = (id: string | undefined): LoginMethod =>
  loginMethods.find((method) => method.id === id) ?? loginMethods[0]
