/** Buttons that show the password being typed; each names its field in `data-show-password`. */
export function startShowingPasswords(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-show-password]')) {
    const field = document.getElementById(button.dataset['showPassword'] ?? '')
    if (!(field instanceof HTMLInputElement)) continue
    const reveal = (isShown: boolean) => {
      field.type = isShown ? 'text' : 'password'
      button.setAttribute('aria-pressed', String(isShown))
    }
    button.hidden = false
    button.addEventListener('click', () => reveal(field.type === 'password'))
    // What is sent as text the browser may suggest later, to anybody.
    field.form?.addEventListener('submit', () => reveal(false))
  }
}
