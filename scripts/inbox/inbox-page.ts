/** The pages of the local inbox. Whatever came with a message is escaped, or shown in a sandbox. */
import { colorRules } from '../../src/branding/color-properties.ts'
import { defaultColors } from '../../src/branding/palette.ts'
import { codesOf, linksOf, type ReceivedMessage } from './received-message.ts'

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => entities[character] ?? '')

/** In the colours of the hosted pages. */
export const inboxStyles = `${colorRules(defaultColors)}
*,*::before,*::after{box-sizing:border-box}
html{color-scheme:light dark}
body{margin:0;min-height:100vh;padding:2rem 1rem;background:var(--page);color:var(--text);font:.9375rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
main{max-width:46rem;margin:0 auto}
header{display:flex;align-items:baseline;justify-content:space-between;gap:1rem;margin:0 .25rem 1.5rem}
h1{margin:0;font-size:1.25rem;line-height:1.35;letter-spacing:-.011em;overflow-wrap:anywhere}
h2{margin:1.5rem .25rem .5rem;font-size:.8125rem;color:var(--quiet);font-weight:600}
a{color:var(--accent);text-decoration:none}
a:hover{text-decoration:underline;text-underline-offset:.2em}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.quiet{color:var(--quiet);font-size:.8125rem}
.card{background:var(--card);border:1px solid var(--hairline);border-radius:1rem;overflow:hidden}
ol{list-style:none;margin:0;padding:0}
li+li{border-top:1px solid var(--hairline)}
li a{display:grid;grid-template-columns:minmax(0,1fr) auto;gap:.125rem 1rem;padding:.875rem 1.25rem;color:inherit}
li a:hover{background:var(--soft);text-decoration:none}
li strong{font-weight:600;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
li .to{color:var(--quiet);overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.empty{padding:3rem 1.5rem;text-align:center;color:var(--quiet)}
dl{display:grid;grid-template-columns:auto minmax(0,1fr);gap:.25rem 1rem;margin:0;padding:1rem 1.25rem}
dt{color:var(--quiet)}
dd{margin:0;overflow-wrap:anywhere}
.found{display:flex;flex-wrap:wrap;gap:.5rem;margin:1rem 0 0;padding:0}
.found a,.found code{display:inline-block;max-width:100%;padding:.5rem .875rem;border-radius:.5rem;overflow-wrap:anywhere}
.found a{background:var(--accent);color:var(--on-accent);font-weight:600}
.found code{background:var(--soft);font:600 1.125rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;letter-spacing:.08em}
iframe{display:block;width:100%;height:42rem;border:0;background:#fff}
@media (prefers-color-scheme:dark){iframe{background:#0d0f13}}
pre{margin:0;padding:1rem 1.25rem;white-space:pre-wrap;overflow-wrap:anywhere;font:.8125rem/1.6 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
`

/** @param nonce of the stylesheet */
function page(title: string, nonce: string, content: string, isRefreshed = false): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
${isRefreshed ? '<meta http-equiv="refresh" content="5">' : ''}<title>${escapeHtml(title)}</title>
<style nonce="${nonce}">${inboxStyles}</style></head><body><main>${content}</main></body></html>`
}

const timeOf = ({ at }: ReceivedMessage): string =>
  `<time datetime="${at.toISOString()}">${at.toTimeString().slice(0, 8)}</time>`

/** The newest message first. @param base path of the inbox, with its password */
export function listPage(messages: readonly ReceivedMessage[], base: string, nonce: string): string {
  const rows = messages.toReversed().map(
    (
      message,
    ) => `<li><a href="${base}${message.id}"><strong dir="auto">${escapeHtml(message.subject)}</strong>
<span class="quiet">${timeOf(message)}</span><span class="to" dir="auto">${escapeHtml(message.to)}</span>
<span class="quiet">${message.channel === 'sms' ? 'SMS' : 'E-mail'}</span></a></li>`,
  )
  const content =
    rows.length === 0
      ? '<p class="empty">No messages yet. What this Authly sends arrives here; nothing leaves this machine.</p>'
      : `<ol>${rows.join('')}</ol>`
  return page(
    'Inbox · Authly',
    nonce,
    `<header><h1>Inbox</h1><span class="quiet">of this development server</span></header><div class="card">${content}</div>`,
    true,
  )
}

export function messagePage(message: ReceivedMessage, base: string, nonce: string): string {
  const found = [
    ...linksOf(message).map(
      (link) => `<a href="${escapeHtml(link)}" target="_blank" rel="noopener noreferrer">Open the link</a>`,
    ),
    ...codesOf(message).map((code) => `<code>${escapeHtml(code)}</code>`),
  ]
  const html =
    message.html === undefined
      ? ''
      : `<h2>HTML</h2><div class="card"><iframe title="The message" src="${base}${message.id}/html" sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe></div>`
  return page(
    message.subject,
    nonce,
    `<header><h1 dir="auto">${escapeHtml(message.subject)}</h1><a href="${base}">Inbox</a></header>
<div class="card"><dl><dt>From</dt><dd dir="auto">${escapeHtml(message.from)}</dd><dt>To</dt><dd dir="auto">${escapeHtml(message.to)}</dd><dt>Time</dt><dd>${timeOf(message)}</dd></dl></div>
<p class="found">${found.join('')}</p>${html}
<h2>Text</h2><div class="card"><pre dir="auto">${escapeHtml(message.text)}</pre></div>`,
  )
}

/** The HTML of a message; its links open in tabs of their own. */
export const messageHtml = ({ html = '' }: ReceivedMessage): string =>
  html.replace('<head>', '<head><base target="_blank">')
