/** Request objects that have broken other readers of JWTs; every run of the fuzzer begins with them. */
const part = (text: string): string => Buffer.from(text).toString('base64url')
const jws = (header: string, payload: string, signature = 'c2ln'): string =>
  [part(header), part(payload), signature].join('.')

const header = '{"alg":"ES256","kid":"one"}'

const malformed = [
  ...['', '.', '..', '...', '....', '.....', 'null', '{}', 'e30', 'e30.e30', 'e30.e30.', '.e30.', 'e30..e30'],
  ...['e30.e30.e30', 'bnVsbA.bnVsbA.bnVsbA', 'W10.W10.W10', 'MQ.MQ.MQ', 'IiI.IiI.IiI', '____.____.____'],
]

/** No objects, or with members of other types than they should have. */
const headers = [
  ...[
    'null',
    '[]',
    '1',
    '"ES256"',
    'true',
    '{"alg":null}',
    '{"alg":{}}',
    '{"alg":["ES256"]}',
    '{"kid":"one"}',
  ],
  ...['{"alg":"ES256","kid":null}', '{"alg":"ES256","kid":{}}', '{"alg":"ES256","crit":[]}', '{"alg":""}'],
  ...[
    '{"alg":"__proto__"}',
    '{"alg":"constructor"}',
    '{"__proto__":{"alg":"none"}}',
    '{"alg":"ES256","typ":{}}',
  ],
]

const signatures = [
  // ES256 signatures that are no points, the classic of which is all zeros (CVE-2022-21449).
  jws(header, '{}', Buffer.alloc(64).toString('base64url')),
  jws(header, '{}', Buffer.alloc(64, 0xff).toString('base64url')),
  jws(header, '{}', Buffer.alloc(63).toString('base64url')),
  jws(header, '{}', Buffer.alloc(65).toString('base64url')),
  // The order of P-256, as r and as s: out of range.
  jws(
    header,
    '{}',
    Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551'.repeat(2), 'hex').toString(
      'base64url',
    ),
  ),
  // DER, as other libraries write it.
  jws(header, '{}', Buffer.from('3006020101020101', 'hex').toString('base64url')),
  // Nested a thousand deep.
  jws(header, '['.repeat(1000) + ']'.repeat(1000)),
  jws(`{"alg":"ES256","x":${'{"x":'.repeat(500)}1${'}'.repeat(500)}}`, '{}'),
  // Lone surrogates, a byte-order mark, an overlong and an invalid UTF-8 sequence.
  jws(String.raw`{"alg":"\ud800"}`, '{}'),
  jws(`\ufeff${header}`, '{}'),
  `${Buffer.from([0xc0, 0xae]).toString('base64url')}.e30.c2ln`,
  `${part(header)}.${Buffer.from([0x7b, 0xff, 0x7d]).toString('base64url')}.c2ln`,
  // A number that is none, and one that is infinite.
  jws(header, '{"exp":1e999}'),
  jws(header, '{"exp":-0}'),
]

export const hostileObjects: readonly string[] = [
  ...malformed,
  ...headers.map((text) => jws(text, '{}')),
  ...signatures,
]
