// ruleid: redirect-to-caller-input
const back = goTo(form.get('return_to'))

// ruleid: redirect-to-caller-input
response.headers.set('location', parameters.get('redirect_uri'))

// ruleid: redirect-to-caller-input
const answer = new Response(null, { status: 303, headers: { location: next, 'cache-control': 'no-store' } })

// ok: redirect-to-caller-input
const login = goTo(`/login?interaction=${sealed}`)

// ok: redirect-to-caller-input
const account = goTo('/account')

// ok: redirect-to-caller-input
const beside = goTo(`${path}/add`)
