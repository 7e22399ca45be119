/** What the browser shows at the end of a sign-in: one document with nothing from elsewhere, which looks like the hosted pages. */
import { createHash } from 'node:crypto'
import { icon } from '../../src/pages/icon.ts'
import { stylesheet } from '../../src/pages/stylesheet.ts'

export interface CallbackPage {
  readonly title: string
  /** What the person can do now. */
  readonly text: string
  /** Why it failed, in words of the server or of the library: untrusted. */
  readonly why?: string
}

/** Attack: a server describes its error with markup, which would run on a page that has the code in its address. */
const escaped = (text: string): string => text.replace(/[&<>"']/g, (each) => `&#${each.charCodeAt(0)};`)

const capitalized = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`

const signs = {
  done: '<path d="m6.5 12.5 3.75 3.75L17.5 8.5"/>',
  failed: '<path d="M12 7v6.5M12 17v.01"/>',
} as const

/** The shared rules know no sign above a title, and size the pictures of the header, which is an `svg` here. */
const own =
  '.brand svg{width:1.75rem;height:1.75rem}.sign{display:block;width:3rem;height:3rem;margin:0 auto;padding:.5rem;border-radius:50%;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}.sign+h1{margin-top:1rem}.done{color:var(--good);background:var(--good-back)}.failed{color:var(--danger);background:var(--danger-back)}'

const style = stylesheet + own

/** Nothing runs and nothing is loaded; of styles only these. */
export const callbackPolicy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

export function renderCallbackPage(outcome: keyof typeof signs, { title, text, why }: CallbackPage): string {
  const reason = why === undefined ? '' : `<p class="summary">${escaped(capitalized(why))}</p>`
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>${escaped(title)} – Authly</title><style>${style}</style></head><body><div class="frame"><header class="brand">${icon.replace('<svg ', '<svg aria-hidden="true" ')}<span>Authly command line</span></header><main><div class="card"><svg class="sign ${outcome}" viewBox="0 0 24 24" aria-hidden="true">${signs[outcome]}</svg><h1>${escaped(title)}</h1>${reason}<p class="lead">${escaped(text)}</p></div></main></div></body></html>`
}
