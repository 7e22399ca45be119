/** An application on Workers that administers: one client for all requests of its isolate. */
import { createManagement, type Management, ndjson } from '@authly-server/management'

interface Env {
  readonly AUTHLY_ISSUER: string
  readonly AUTHLY_CLIENT_ID: string
  readonly AUTHLY_CLIENT_SECRET: string
}

let management: Management | undefined

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const { AUTHLY_ISSUER: issuer, AUTHLY_CLIENT_ID: clientId, AUTHLY_CLIENT_SECRET: clientSecret } = env
    management ??= createManagement({ issuer, clientId, clientSecret })
    const { pathname, searchParams } = new URL(request.url)
    const mark = searchParams.get('mark') ?? ''
    try {
      return Response.json(await answer(management, pathname, mark))
    } catch (error) {
      const { name, code, message } = error as Error & { readonly code?: string }
      return Response.json({ name, code, message }, { status: 500 })
    }
  },
}

async function answer(client: Management, path: string, mark: string): Promise<unknown> {
  switch (path) {
    case '/ready':
      return {}
    case '/count':
      return client.users.count()
    case '/create':
      return client.users.create({ username: mark, setup: { method: 'none' } })
    case '/missing':
      return client.users.get('019a8f5e-7c1a-7b3e-9f64-2b1d3c4e5f60')
    case '/import': {
      const rows = Array.from({ length: 600 }, (_, index) => ({ username: `${mark}-${index}` }))
      const { id } = await client.users.import(ndjson(rows), { contentType: 'application/x-ndjson' })
      const job = await client.jobs.wait(id)
      let lines = 0
      for await (const _ of (await client.jobs.results(id)).rows()) lines++
      return { succeeded: job.succeeded, lines }
    }
    default: {
      // `/tail/websocket`, `/tail/sse`: the first event of this mark, which is created when the tail has begun.
      const transport = path.endsWith('sse') ? 'sse' : 'websocket'
      let created: Promise<{ readonly id: string }> | undefined
      const onPosition = () => {
        created ??= client.users.create({ username: mark, setup: { method: 'none' } })
      }
      for await (const event of client.audit.tail({ types: ['user.created'], transport, onPosition }))
        if (event.user_id === (await created)?.id) return { seen: event.type }
      return {}
    }
  }
}
