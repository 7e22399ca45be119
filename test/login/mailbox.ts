/** A worker that sends e-mail, and the mailboxes of people. */
import {
  createExecutionContext,
  env,
  runDurableObjectAlarm,
  runInDurableObject,
  waitOnExecutionContext,
} from 'cloudflare:test'
import { expect, vi } from 'vitest'
import { destinationName } from '../../src/delivery/queue-message.ts'
import type { StoredSettings } from '../../src/settings/settings.ts'
import worker from '../../src/worker.ts'
import { openProvider } from '../delivery/message-provider.ts'
import { testDependencies } from '../worker/admin-client.ts'
import { useSettings } from '../worker/local-settings.ts'
import { setBindings } from '../worker/wrapped-object.ts'
import { type Browser, openBrowser, type Shown } from './browser.ts'

export interface Mail {
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly code: string
  /** Path and query of the link, if there is one. */
  readonly link: string | undefined
}

/** A worker whose provider has an account of its own. */
export function startMail() {
  const provider = openProvider()
  const contexts: ExecutionContext[] = []
  const objectOf = async (address: string, channel: 'email' | 'sms' = 'email') =>
    env.DESTINATION.getByName(await destinationName(testDependencies().root, { channel, address }))
  const mails = async (): Promise<readonly Mail[]> =>
    (await provider.seen()).taken
      .filter(({ api }) => api === 'resend')
      .map(({ body }) => {
        const { to, subject, text, html } = body as Record<'subject' | 'text' | 'html', string> & {
          to: string[]
        }
        const link = /https:\/\/auth\.test(\/\S+)/.exec(text)?.[1]
        return { to: to[0] as string, subject, text, html, link, code: /^\d{6}$/m.exec(text)?.[0] as string }
      })
  return {
    provider,
    objectOf,
    mails,
    open: (address?: string): Browser =>
      openBrowser(address, async (url, init) => {
        const ctx = createExecutionContext()
        contexts.push(ctx)
        return worker.fetch(new Request(url, init), provider.bindings, ctx)
      }),
    afterwards: async () => {
      await Promise.all(contexts.splice(0).map((ctx) => waitOnExecutionContext(ctx)))
    },
    /** The object of what is typed sends by this provider; an eviction forgets it. */
    deliver: async (typed: string, channel: 'email' | 'sms' = 'email') =>
      setBindings(await objectOf(typed, channel), provider.bindings),
    /** The text message that arrives as this one of them. */
    text: (count: number) =>
      vi.waitFor(
        async () => {
          const texts = (await provider.seen()).taken.filter(({ api }) => api === 'twilio')
          expect(texts).toHaveLength(count)
          const { To: to, Body: body } = (texts.at(-1) as (typeof texts)[number]).body
          return { to, body, code: /\d{6}/.exec(String(body))?.[0] as string }
        },
        { timeout: 10_000 },
      ),
    /** Rings the alarm of what was typed, whose time the platform may not have reached. */
    ring: async (typed: string) => runDurableObjectAlarm(await objectOf(typed)),
    /** Waits until that many have arrived. */
    arrived: async (count: number): Promise<Mail> => {
      await vi.waitFor(async () => expect(await mails()).toHaveLength(count), { timeout: 10_000 })
      return (await mails()).at(-1) as Mail
    },
    /** All rows of the object of what was typed. */
    rowsOf: async (typed: string, table: string) =>
      runInDurableObject(await objectOf(typed), (_, { storage }) =>
        storage.sql.exec(`SELECT * FROM ${table}`).toArray(),
      ),
  }
}

/** The page of the code, before one is asked for. */
export async function openCodePage(browser: Browser, identifier: string, from = '/login'): Promise<Shown> {
  const first = await browser.follow(await browser.get(from))
  const named = await browser.follow(await browser.post('/login', { ...first.hidden, identifier }))
  const { sign_in = '', interaction } = named.hidden
  const query = new URLSearchParams({ sign_in, step: 'email_code', ...(interaction && { interaction }) })
  return browser.get(`/login?${query}`)
}

/** Asks for a code; the page that takes it. */
export async function askForCode(browser: Browser, identifier: string, from?: string): Promise<Shown> {
  const page = await openCodePage(browser, identifier, from)
  return browser.follow(await browser.post('/login', { ...page.hidden, send: 'yes' }))
}

export const typeCode = (browser: Browser, page: Shown, code: string): Promise<Shown> =>
  browser.post('/login', { ...page.hidden, code })

/**
 * Does something that much later, on the same settings: what an isolate remembers of them ends after a minute.
 * @param pass lets more time pass
 */
export async function later(
  milliseconds: number,
  settings: StoredSettings,
  work: (pass: (milliseconds: number) => Promise<void>) => Promise<void>,
): Promise<void> {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
  const pass = async (more: number) => {
    vi.setSystemTime(Date.now() + more)
    await useSettings(settings)
  }
  try {
    await pass(milliseconds)
    await work(pass)
  } finally {
    vi.useRealTimers()
    await useSettings(settings)
  }
}

/** Another code than this one. */
export const otherThan = (code: string, by = 1): string =>
  String((Number(code) + by) % 1_000_000).padStart(6, '0')
