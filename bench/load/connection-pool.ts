/**
 * A bounded number of keep-alive connections, used in turn, so that none stays idle longer than it must. One that the
 * server closes is opened again: servers close what is idle for too long (workerd after five seconds).
 */
import { connect, type Socket } from 'node:net'
import { type HttpResponse, ResponseReader } from './response-reader.ts'

/** `Errand` is what whoever sends a request wants to be told again with its answer. */
export interface PoolListener<Errand> {
  onAnswer(errand: Errand, response: HttpResponse): void
  /** The connection was closed before its answer came. */
  onLost(errand: Errand): void
  /** A connection can be used again. */
  onFree(): void
  /** The server accepts no connection. */
  onRefused(error: Error): void
}

interface Connection<Errand> {
  readonly socket: Socket
  readonly reader: ResponseReader
  /** Of the request that it is busy with. */
  errand: Errand | undefined
}

/** Opened at a time: more would overflow the server's queue. */
const openedAtOnce = 250

export class ConnectionPool<Errand extends number | object> {
  readonly #port: number
  readonly #listener: PoolListener<Errand>
  readonly #open = new Set<Connection<Errand>>()
  readonly #free: Connection<Errand>[] = []
  #isClosed = false
  /** Connections that the server closed while they were idle. */
  closedIdle = 0

  private constructor(port: number, listener: PoolListener<Errand>) {
    this.#port = port
    this.#listener = listener
  }

  /** @throws when the server accepts no connection */
  static async open<Errand extends number | object>(
    port: number,
    size: number,
    listener: PoolListener<Errand>,
  ): Promise<ConnectionPool<Errand>> {
    const pool = new ConnectionPool(port, listener)
    try {
      for (let opened = 0; opened < size; opened += openedAtOnce) {
        const count = Math.min(openedAtOnce, size - opened)
        await Promise.all(Array.from({ length: count }, () => pool.#add()))
      }
    } catch (error) {
      pool.close()
      throw error
    }
    return pool
  }

  get hasFree(): boolean {
    return this.#free.length > 0
  }

  get busy(): number {
    return this.#open.size - this.#free.length
  }

  /** Sends `request` on the connection that has been idle for the longest time; there must be one. */
  send(request: string, errand: Errand): void {
    const connection = this.#free.shift()
    if (!connection) throw new Error('no connection is free')
    connection.errand = errand
    connection.socket.write(request)
  }

  close(): void {
    this.#isClosed = true
    for (const { socket } of this.#open) socket.destroy()
  }

  async #add(): Promise<void> {
    const socket = connect({ host: '127.0.0.1', port: this.#port, noDelay: true })
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    const connection: Connection<Errand> = { socket, reader: new ResponseReader(), errand: undefined }
    this.#open.add(connection)
    this.#free.push(connection)
    socket.on('data', (chunk: Buffer) => this.#read(connection, chunk))
    // `close` follows.
    socket.on('error', () => undefined)
    socket.on('close', () => this.#replace(connection))
  }

  #read(connection: Connection<Errand>, chunk: Buffer): void {
    const response = connection.reader.read(chunk)
    if (!response || connection.errand === undefined) return
    const { errand } = connection
    connection.errand = undefined
    this.#free.push(connection)
    this.#listener.onAnswer(errand, response)
    this.#listener.onFree()
  }

  #replace(connection: Connection<Errand>): void {
    if (this.#isClosed) return
    this.#open.delete(connection)
    if (connection.errand === undefined) {
      this.#free.splice(this.#free.indexOf(connection), 1)
      this.closedIdle += 1
    } else {
      this.#listener.onLost(connection.errand)
    }
    this.#add().then(
      () => this.#listener.onFree(),
      (error: Error) => this.#isClosed || this.#listener.onRefused(error),
    )
  }
}
