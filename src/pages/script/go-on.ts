/** Follows the link of the page after a sign-out as soon as its frames have loaded; without this the page waits. */
export function goOnAfterFrames(): void {
  const link = document.querySelector<HTMLAnchorElement>('a[data-go-on]')
  if (!link) return
  if (document.readyState === 'complete') link.click()
  else addEventListener('load', () => link.click())
}

/** Puts off the offer of a passkey in a browser that has none, such as the ones inside of other applications. */
export function goOnWithoutPasskeys(): void {
  document.querySelector<HTMLFormElement>('form[data-put-off-passkeys]')?.submit()
}
