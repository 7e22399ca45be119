// ruleid: header-of-the-caller-trusted
const address = request.headers.get('X-Forwarded-For')

// ruleid: header-of-the-caller-trusted
const link = `https://${c.req.header('host')}/set-password`

// ruleid: header-of-the-caller-trusted
const origin = new URL(c.req.url).origin

// ok: header-of-the-caller-trusted
const language = c.req.header('accept-language')

// ok: header-of-the-caller-trusted
const own = new URL(config.issuer).origin
