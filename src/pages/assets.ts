/**
 * The stylesheet and the icon. Their names contain a fingerprint of the content, so that they can be cached for
 * ever.
 */

const stylesheet = `
:root {
  color-scheme: light dark;
  --page: #f4f5f7; --card: #fff; --text: #1a1c21; --quiet: #565b66; --line: #868c98; --hairline: #dfe1e6;
  --accent: #2348c5; --accent-strong: #1a379b; --on-accent: #fff; --danger: #b3261e; --danger-back: #fdf0ef;
  --good: #17633a; --good-back: #edf7f0;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #111318; --card: #1b1e25; --text: #eceef2; --quiet: #a9afbb; --line: #7c8390; --hairline: #343944;
    --accent: #9db4ff; --accent-strong: #bccbff; --on-accent: #0d1433; --danger: #ffb4ab; --danger-back: #3a1d1b;
    --good: #93d8ae; --good-back: #15301f;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; min-height: 100vh; min-height: 100dvh; display: flex; flex-direction: column; align-items: center;
  background: var(--page); color: var(--text); line-height: 1.5;
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans Arabic", sans-serif;
}
.skip { position: absolute; inset-inline-start: -200vw; padding: .5rem 1rem; background: var(--card); }
.skip:focus { inset-inline-start: 1rem; top: 1rem; z-index: 1; }
header { width: 100%; max-width: 27rem; padding: clamp(1.25rem, 8vh, 5rem) 1.5rem 1rem; }
.brand { display: flex; align-items: center; gap: .6rem; font-weight: 650; color: var(--text); }
.brand img { width: 1.75rem; height: 1.75rem; }
main { width: 100%; max-width: 27rem; padding: 0 1rem 2rem; }
main.wide, header.wide { max-width: 44rem; }
main:focus { outline: none; }
.card {
  background: var(--card); border: 1px solid var(--hairline); border-radius: .75rem;
  padding: clamp(1.25rem, 5vw, 2rem);
}
.card + .card { margin-top: 1rem; }
h1 { margin: 0; font-size: 1.5rem; line-height: 1.25; font-weight: 650; overflow-wrap: anywhere; hyphens: auto; }
h2 { margin: 0 0 .75rem; font-size: 1.125rem; line-height: 1.3; font-weight: 650; }
h1 + * { margin-top: 1.25rem; }
p { margin: .75rem 0; overflow-wrap: anywhere; }
.lead { margin-top: .25rem; color: var(--quiet); }
.quiet { color: var(--quiet); font-size: .875rem; }
a { color: var(--accent); text-underline-offset: .15em; }
a:hover { color: var(--accent-strong); }
form { margin: 0; }
.field { margin-top: 1.125rem; }
label { display: block; font-weight: 550; }
.hint { margin: .125rem 0 0; color: var(--quiet); font-size: .875rem; }
.wrong { margin: .125rem 0 0; color: var(--danger); font-size: .875rem; font-weight: 550; }
input {
  /* Room for the focus ring below letters with deep descenders, as in Arabic. */
  display: block; width: 100%; min-height: 2.75rem; margin-top: .625rem; padding: .5rem .75rem;
  font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
}
input:read-only { background: var(--page); border-color: var(--hairline); color: var(--quiet); text-overflow: ellipsis; }
input[aria-invalid="true"] { border-color: var(--danger); box-shadow: inset 0 0 0 1px var(--danger); }
button, .button {
  display: inline-flex; align-items: center; justify-content: center; min-height: 2.75rem; padding: .5rem 1.125rem;
  font: inherit; font-weight: 600; text-decoration: none; text-align: center; cursor: pointer;
  color: var(--on-accent); background: var(--accent); border: 1px solid transparent; border-radius: .5rem;
  overflow-wrap: anywhere;
}
button:hover, .button:hover { background: var(--accent-strong); color: var(--on-accent); }
button.second, .button.second { color: var(--text); background: transparent; border-color: var(--line); }
button.second:hover, .button.second:hover { background: var(--page); color: var(--text); }
.actions { display: flex; flex-direction: column; gap: .75rem; margin-top: 1.5rem; }
.actions button, .actions .button { width: 100%; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
input:focus-visible { outline-offset: 1px; }
.summary, .notice {
  margin: 1.25rem 0 0; padding: .75rem 1rem; border-radius: .5rem;
  border: 1px solid currentColor; border-inline-start-width: .375rem;
}
.summary { color: var(--danger); background: var(--danger-back); }
.summary p, .notice p { margin: 0; }
.summary .head { font-weight: 650; }
.summary ul { margin: .25rem 0 0; padding-inline-start: 1.25rem; }
.summary a { color: inherit; }
.notice + dl, .row + dl { margin-top: 1.25rem; }
.notice { color: var(--good); background: var(--good-back); }
ul.plain { list-style: none; margin: 0; padding: 0; }
ul.plain > li { padding: .75rem 0; border-top: 1px solid var(--hairline); }
ul.plain > li:first-child { border-top: 0; padding-top: 0; }
.asked { margin: .5rem 0 0; padding-inline-start: 1.25rem; }
.asked li { margin: .375rem 0; }
.links { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin: 1.25rem 0 0; padding: 0; list-style: none; font-size: .875rem; }
.row { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: .5rem 1rem; }
.row > div { min-width: 0; flex: 1 1 14rem; }
.row p, .row h2 { margin: 0; }
dl { margin: 0; display: grid; grid-template-columns: minmax(7rem, auto) 1fr; gap: .375rem 1rem; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
.tag {
  display: inline-block; padding: 0 .5rem; border: 1px solid currentColor; border-radius: 1rem;
  font-size: .8125rem; color: var(--quiet);
}
@media (max-width: 26rem) { dl { grid-template-columns: 1fr; } dd { margin-bottom: .5rem; } }
`

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#2348c5"/><path d="M16 6.5 8.5 25h3.6l1.5-4h4.8l1.5 4h3.6Zm0 7.2 1.4 4.3h-2.8Z" fill="#fff"/></svg>`

export interface Asset {
  /** Absolute path including the fingerprint. */
  readonly path: string
  readonly contentType: string
  readonly body: string
}

const asset = (name: string, extension: string, contentType: string, body: string): Asset => ({
  path: `/assets/${name}.${fingerprint(body)}.${extension}`,
  contentType,
  body,
})

/** FNV-1a. Distinguishes versions for caches; it is not a security measure. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return (hash >>> 0).toString(36).padStart(7, '0')
}

export const stylesheetAsset = asset('authly', 'css', 'text/css; charset=UTF-8', stylesheet.trim())
export const iconAsset = asset('authly', 'svg', 'image/svg+xml', icon)
