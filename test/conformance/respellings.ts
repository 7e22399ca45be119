/** Other spellings of the same JWT, as lenient decoders take them (RFC 7515 §2 allows one). */

/** By name: which spelling. The token must end in a signature with spare bits, as those of 64 or 256 bytes do. */
export function respellingsOf(jwt: string): ReadonlyMap<string, string> {
  const [header = '', payload = '', signature = ''] = jwt.split('.')
  const pad = (part: string) => part.padEnd(Math.ceil((part.length + 1) / 4) * 4, '=')
  const last = alphabet.indexOf(signature.at(-1) as string)
  return new Map([
    ['padding after the header', `${pad(header)}.${payload}.${signature}`],
    ['padding after the payload', `${header}.${pad(payload)}.${signature}`],
    ['padding after the signature', `${header}.${payload}.${signature}==`],
    ['one sign of padding too few', `${header}.${payload}.${signature}=`],
    ['a space before it', ` ${jwt}`],
    ['a space behind it', `${jwt} `],
    ['a space within', `${header}. ${payload}.${signature}`],
    ['the other alphabet', `${header}.${payload}.${signature.replaceAll('-', '+').replaceAll('_', '/')}`],
    ['spare bits that are set', `${header}.${payload}.${signature.slice(0, -1)}${alphabet[last + 1]}`],
  ])
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
