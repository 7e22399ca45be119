/** A `?script` import is the bundled text of a script for browsers (`scripts/stack/browser-script.mjs`). */
declare module '*?script' {
  const text: string
  export default text
}
