/** One pipelined connection to Redis: commands written together are answered in order. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { type RedisReply, RespReader } from './resp-reader.ts'

export type RedisCommand = readonly string[]

export type RedisConnection = {
  /** Sends the commands in one write, so that a MULTI … EXEC block stays together. Error replies are values. */
  send(commands: readonly RedisCommand[]): Promise<RedisReply[]>
  close(): void
}

/** Connects to a Redis on the loopback interface; rejects if nothing listens there. */
export async function connectRedis(port: number): Promise<RedisConnection> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true })
  await once(socket, 'connect')
  const reader = new RespReader()
  const waiting: { resolve: (reply: RedisReply) => void; reject: (error: Error) => void }[] = []
  let failure: Error | undefined

  const fail = (error: Error) => {
    failure ??= error
    for (const { reject } of waiting.splice(0)) reject(failure)
  }
  socket.on('data', (chunk: Buffer) => {
    for (const reply of reader.push(chunk)) waiting.shift()?.resolve(reply)
  })
  socket.on('error', fail)
  socket.on('close', () => fail(new Error('the connection to Redis is closed')))

  return {
    send(commands) {
      if (failure) return Promise.reject(failure)
      const replies = commands.map(
        () => new Promise<RedisReply>((resolve, reject) => waiting.push({ resolve, reject })),
      )
      socket.write(commands.map(encode).join(''))
      return Promise.all(replies)
    },
    close: () => socket.destroy(),
  }
}

const encode = (command: RedisCommand): string =>
  `*${command.length}\r\n${command.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`).join('')}`
