/** `@authly-server/server/next`, packed as it is published, in an application built and run by Next.js. */
import { parse } from 'node-html-parser'
import { beforeAll, describe } from 'vitest'
import { installNext, installNextTimeoutMs, startNext } from './next-application.ts'
import { tellStories } from './stories.ts'

describe('Next.js', () => {
  beforeAll(installNext, installNextTimeoutMs)

  tellStories(startNext, ({ body }) => {
    const shown = parse(body).querySelector('main')?.getAttribute('data-user')
    return shown === undefined ? 'another page' : JSON.parse(shown)
  })
})
