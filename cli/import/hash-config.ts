/** Firebase's "password hash parameters", as the console shows them, or as JSON. */
import { usage } from '../failure.ts'
import type { HashConfig } from './source.ts'

/** @throws Failure that never quotes the file: it holds the project's signer key */
export function readHashConfig(file: string): HashConfig {
  const found = new Map(
    [...file.matchAll(/"?(\w+)"?\s*[:=]\s*"?([^\s",{}]+)/g)].map(([, name = '', value = '']) => [
      name,
      value,
    ]),
  )
  const config = {
    signer_key: found.get('base64_signer_key') ?? found.get('signer_key'),
    salt_separator: found.get('base64_salt_separator') ?? found.get('salt_separator'),
    rounds: Number(found.get('rounds')),
    mem_cost: Number(found.get('mem_cost')),
  }
  const algorithm = found.get('algorithm')
  if (algorithm !== undefined && algorithm !== 'SCRYPT')
    throw usage(`--hash-config is about ${algorithm}; exports contain only hashes of Firebase's own SCRYPT.`)
  const { signer_key, salt_separator } = config
  if (!signer_key || !salt_separator || !(config.rounds > 0) || !(config.mem_cost > 0))
    throw usage(
      '--hash-config lacks base64_signer_key, base64_salt_separator, rounds or mem_cost.',
      'Firebase console: Authentication, Users, three dots, Password hash parameters. Save the block as it is.',
    )
  return { ...config, signer_key, salt_separator }
}
