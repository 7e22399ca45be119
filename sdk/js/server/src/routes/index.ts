import { backchannelLogout } from './backchannel-logout.ts'
import { callback } from './callback.ts'
import { login } from './login.ts'
import { logout } from './logout.ts'
import type { Route } from './route.ts'

export const routes: readonly Route[] = [login, callback, logout, backchannelLogout]
