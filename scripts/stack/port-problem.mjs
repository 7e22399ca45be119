/** Whether a port can be had. Built-in modules only: `npm start` asks before anything is installed. */
import { createServer } from 'node:net'

/**
 * What keeps a development server from listening on `port`, and what to do about it; undefined if nothing does. Both
 * loopback addresses count: `localhost` may mean either, and a program on the other one would receive our requests.
 */
export async function portProblem(port) {
  for (const host of ['127.0.0.1', '::1']) {
    const code = await tryBind(port, host)
    if (code === 'EADDRINUSE') {
      return {
        message: `Port ${port} is already in use.`,
        remedy: `Stop the program that uses it, or choose other ports: ${otherPorts(port)} npm start`,
      }
    }
    if (code === 'EACCES') {
      return {
        message: `You may not use port ${port}.`,
        remedy: 'Choose one above 1023: PORT=8787 npm start',
      }
    }
  }
  return undefined
}

/** Both: the port after the usual one is that of the demo application. */
function otherPorts(port) {
  const other = port + 4 <= 65_535 ? port + 3 : 8787
  return `PORT=${other} DEMO_PORT=${other + 1}`
}

/** The error code of binding, or undefined if it succeeds. */
function tryBind(port, host) {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', (error) => resolve(error.code))
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(undefined)))
  })
}
