/** Every claim in words: what it says, and what it is for. */

const clock = (value: unknown): string => new Date(Number(value) * 1000).toLocaleTimeString('en-GB')

export function fromNow(value: unknown, now: number): string {
  const seconds = Math.round(Number(value) - now / 1000)
  if (seconds === 0) return 'now'
  const [count, unit] =
    Math.abs(seconds) < 120 ? [Math.abs(seconds), 's'] : [Math.round(Math.abs(seconds) / 60), 'min']
  return seconds >= 0 ? `in ${count} ${unit}` : `${count} ${unit} ago`
}

type Words = (value: unknown) => string

const words: Readonly<Record<string, Words>> = {
  iss: () =>
    'Who issued it. Whoever checks a token compares this with the server it trusts, before anything else.',
  sub: () =>
    'Who it is about: the account, by an id that never changes. Names and addresses do; this does not.',
  aud: () =>
    'Who it is for. Anybody else must refuse it, so that what one party got is of no use to another.',
  exp: (value) => `It is over at ${clock(value)}. Short, because nobody asks the server again until then.`,
  iat: (value) => `It was issued at ${clock(value)}.`,
  auth_time: (value) =>
    `When you signed in: ${clock(value)}. An API that wants a recent sign-in looks at this, not at when the token was issued.`,
  nonce: () =>
    'A random value that this page made up for the sign-in. It ties the token to that one attempt in this browser.',
  acr: (value) =>
    `How well you proved who you are: ${acrWords[String(value)] ?? String(value)}. An API can ask for a stronger class (step-up).`,
  amr: (value) =>
    `The means of the sign-in: ${[value]
      .flat()
      .map((one) => amrWords[String(one)] ?? one)
      .join(', ')}.`,
  azp: () => 'The application that asked for it.',
  sid: () =>
    'The session at the server, by a name for this application alone. A logout token says it again when the session ends.',
  at_hash: () => 'A fingerprint of the access token that came with it, so that the two cannot be mixed.',
  client_id: () => 'The application that acts for you. The API sees both: whom it serves, and through what.',
  scope: () => 'What you allowed the application to do. Each route of the API demands some of it.',
  jti: () => 'The name of this one token, for logs and for taking it back.',
  cnf: () =>
    'The fingerprint of a key that exists in this browser only (DPoP). Without a signature of that key the token is worth nothing, wherever somebody got it from.',
  grant_ref: () =>
    'What the token comes from, by a name for this audience alone: your consent and all that was issued by it.',
  preferred_username: () => 'What you signed in with. It may change.',
  name: () => 'Your name, because you allowed “profile”.',
  email: () => 'Your address, because you allowed “email”.',
  email_verified: () => 'Whether you have shown that the address is yours.',
  updated_at: (value) => `When your profile changed last: ${clock(value)}.`,
  typ: (value) =>
    value === 'at+jwt'
      ? 'An access token (RFC 9068). An ID token cannot be taken for one.'
      : 'What kind of token it is.',
  alg: () => 'How it is signed. Whoever checks it has a list of its own, and does not believe this one.',
  kid: () => 'Which of the server’s keys signed it. They are public, and replaced every few weeks.',
}

const acrWords: Readonly<Record<string, string>> = {
  'urn:authly:acr:pwd': 'by a password',
  'urn:authly:acr:mfa': 'by two factors',
  phr: 'in a way that no fake page can steal (a passkey)',
  phrh: 'by a passkey in hardware',
}

const amrWords: Readonly<Record<string, string>> = {
  pwd: 'a password',
  otp: 'a one-time password',
  mfa: 'several factors',
  hwk: 'a key in hardware',
  swk: 'a key in software',
  user: 'your presence, shown to the device',
  sms: 'a code by SMS',
}

export const wordsFor = (name: string, value: unknown): string =>
  words[name]?.(value) ?? 'A claim of this server.'

export const isTime = (name: string): boolean => ['exp', 'iat', 'auth_time', 'updated_at'].includes(name)
