/**
 * Upstash's REST protocol in front of a local Redis, so that the Upstash adapters run against a real Redis in tests and
 * development: `POST /` one command, `/pipeline` several, `/multi-exec` a transaction; bearer token; base64 replies on
 * request.
 * Manually: `node scripts/upstash-gateway.ts [redis port] [gateway port]`, with a Redis on 127.0.0.1.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connectRedis, type RedisCommand, type RedisConnection } from './redis/redis-connection.ts'
import { RedisError, type RedisReply } from './redis/resp-reader.ts'
import { createScriptTranslator } from './redis/upstash-scripts.ts'

export type UpstashGateway = { readonly url: string; readonly token: string; close(): Promise<void> }

type Answer = { readonly status: number; readonly body: unknown }
type Encode = (bytes: Buffer) => string

const maxBodyBytes = 1024 * 1024

/** Starts the gateway on the loopback interface; `port` 0 selects a free one. */
export async function startUpstashGateway(options: {
  readonly redisPort: number
  readonly port?: number
  readonly token?: string
}): Promise<UpstashGateway> {
  const token = options.token ?? randomBytes(24).toString('base64url')
  const connection = await connectRedis(options.redisPort)
  const translate = createScriptTranslator()
  const redis: RedisConnection = {
    send: (commands) => connection.send(commands.map(translate)),
    close: connection.close,
  }
  const server = createServer((request, response) => {
    answer(request, redis, token)
      .catch((failure: Error): Answer => ({ status: 502, body: { error: `ERR ${failure.message}` } }))
      .then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
      })
  })
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  return {
    token,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      redis.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function answer(request: IncomingMessage, redis: RedisConnection, token: string): Promise<Answer> {
  if (!sameSecret(request.headers.authorization ?? '', `Bearer ${token}`)) {
    return { status: 401, body: { error: 'Unauthorized' } }
  }
  if (request.method !== 'POST') return { status: 405, body: { error: 'ERR only POST is spoken here' } }
  const body = await readBody(request)
  if (body === undefined) return { status: 413, body: { error: 'ERR max request size exceeded' } }
  const encode: Encode =
    request.headers['upstash-encoding'] === 'base64'
      ? (bytes) => bytes.toString('base64')
      : (bytes) => bytes.toString('utf8')
  const parsed = parseJson(body)
  switch (request.url) {
    case '/':
      return isCommand(parsed) ? single(redis, parsed, encode) : notACommand
    case '/pipeline':
      return isCommands(parsed) ? pipeline(redis, parsed, encode) : notACommand
    case '/multi-exec':
      return isCommands(parsed) ? transaction(redis, parsed, encode) : notACommand
    default:
      return { status: 404, body: { error: 'ERR no such path' } }
  }
}

async function single(redis: RedisConnection, command: unknown[], encode: Encode): Promise<Answer> {
  const [reply] = await redis.send([toCommand(command)])
  const body = toResult(reply ?? null, encode)
  return { status: 'error' in body ? 400 : 200, body }
}

async function pipeline(redis: RedisConnection, commands: unknown[][], encode: Encode): Promise<Answer> {
  const replies = await redis.send(commands.map(toCommand))
  return { status: 200, body: replies.map((reply) => toResult(reply, encode)) }
}

async function transaction(redis: RedisConnection, commands: unknown[][], encode: Encode): Promise<Answer> {
  const replies = await redis.send([['MULTI'], ...commands.map(toCommand), ['EXEC']])
  const executed = replies.at(-1)
  if (!Array.isArray(executed)) return { status: 400, body: toResult(executed ?? null, encode) }
  return { status: 200, body: executed.map((reply) => toResult(reply, encode)) }
}

const toResult = (reply: RedisReply, encode: Encode): { result: unknown } | { error: string } =>
  reply instanceof RedisError ? { error: reply.message } : { result: toJson(reply, encode) }

/** Upstash returns `OK` unchanged in either encoding. */
function toJson(reply: RedisReply, encode: Encode): unknown {
  if (Array.isArray(reply)) return reply.map((item) => toJson(item, encode))
  if (reply instanceof RedisError) return reply.message
  if (typeof reply === 'string') return reply === 'OK' ? reply : encode(Buffer.from(reply))
  return Buffer.isBuffer(reply) ? encode(reply) : reply
}

const notACommand: Answer = { status: 400, body: { error: 'ERR failed to parse command' } }
const isCommand = (value: unknown): value is unknown[] => Array.isArray(value) && value.length > 0
const isCommands = (value: unknown): value is unknown[][] => isCommand(value) && value.every(isCommand)
const toCommand = (parts: unknown[]): RedisCommand =>
  parts.map((part) => (typeof part === 'object' && part !== null ? JSON.stringify(part) : String(part)))

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBodyBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
const sameSecret = (left: string, right: string): boolean => timingSafeEqual(digest(left), digest(right))

if (import.meta.main) {
  const [redisPort = '6379', port = '8079'] = process.argv.slice(2)
  const gateway = await startUpstashGateway({ redisPort: Number(redisPort), port: Number(port) })
  console.log(`UPSTASH_REDIS_REST_URL=${gateway.url}\nUPSTASH_REDIS_REST_TOKEN=${gateway.token}`)
}
