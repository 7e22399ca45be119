/**
 * Upstash's Lua knows the shebang flag `allow-key-locking`, which our permit script uses and Redis does not know. This
 * removes the flag and keeps EVALSHA working with the hash by which the client knows the script.
 */
import { createHash } from 'node:crypto'
import type { RedisCommand } from './redis-connection.ts'

const upstashShebang = /^#!lua flags=allow-key-locking\s*\n/

/** Rewrites EVAL and EVALSHA of scripts with Upstash's flag; keeps the scripts for its whole life. */
export function createScriptTranslator(): (command: RedisCommand) => RedisCommand {
  const translated = new Map<string, string>()
  return (command) => {
    const [name = '', script = '', ...rest] = command
    switch (name.toUpperCase()) {
      case 'EVAL': {
        if (!upstashShebang.test(script)) return command
        const plain = script.replace(upstashShebang, '')
        translated.set(createHash('sha1').update(script).digest('hex'), plain)
        return [name, plain, ...rest]
      }
      case 'EVALSHA': {
        const plain = translated.get(script)
        return plain === undefined ? command : ['EVAL', plain, ...rest]
      }
      default:
        return command
    }
  }
}
