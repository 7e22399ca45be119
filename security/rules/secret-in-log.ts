// ruleid: secret-in-log
logWarning('request_refused', { detail: `no such token ${presented.token}` })

// ruleid: secret-in-log
throw new Error(`cannot open ${handle}`)

// ok: secret-in-log
logWarning('request_refused', { detail: 'the token is unknown' })

// ok: secret-in-log
throw new Error(`no such kind of job: ${name}`)
