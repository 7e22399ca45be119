import { proxy as authly } from './lib/auth'

export const proxy = (request: Request) => authly(request)

export const config = { matcher: ['/((?!_next/static|_next/image|favicon.ico).*)'] }
