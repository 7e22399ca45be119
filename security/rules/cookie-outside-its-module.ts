// ruleid: cookie-outside-its-module
import { setCookie } from 'hono/cookie'

// ruleid: cookie-outside-its-module
response.headers.append('set-cookie', `session=${handle}; Path=/`)

// ruleid: cookie-outside-its-module
const cookie = `session=${handle}; HttpOnly`

// ok: cookie-outside-its-module
response.headers.append('set-cookie', writeCookie(settings, 'authly_session', handle, 3600))
