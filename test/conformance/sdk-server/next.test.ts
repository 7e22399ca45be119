/** `@authly-server/server/next`, packed as it is published, in an application built and run by Next.js. */
import { parse } from 'node-html-parser'
import { beforeAll, describe } from 'vitest'
import { installNextTimeoutMs, nextApplication } from './next-application.ts'
import { tellStories } from './stories.ts'

describe.each(['16.4.6', '15.5.29'])('Next.js %s', (version) => {
  const { install, start } = nextApplication(version)
  beforeAll(install, installNextTimeoutMs)

  tellStories(start, ({ body }) => {
    const shown = parse(body).querySelector('main')?.getAttribute('data-user')
    return shown === undefined ? 'another page' : JSON.parse(shown)
  })
})
