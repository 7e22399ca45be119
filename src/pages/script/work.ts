/**
 * Solves the proof of work that a registration may ask for (`src/registration/challenge/`). A script of its own: it is
 * loaded on that page alone.
 */
import { type Challenge, solveChallenge } from 'altcha-lib'
import { deriveKey } from 'altcha-lib/algorithms/web/pbkdf2'

const field = document.querySelector<HTMLInputElement>('input[data-work]')
const status = document.querySelector<HTMLElement>('[data-work-status]')
const { form } = field ?? {}

if (field && form) {
  const button = form.querySelector<HTMLButtonElement>('button[type=submit]')
  const puzzle = form.querySelector<HTMLInputElement>('input[name=puzzle]')
  if (button) button.disabled = true
  if (status) status.hidden = false
  document.querySelector('[data-without-work]')?.remove()
  const challenge = JSON.parse(puzzle?.value ?? '{}') as Challenge
  solveChallenge({ challenge, deriveKey })
    .then((solution) => {
      field.value = JSON.stringify(solution)
      if (status) status.textContent = status.dataset['workDone'] ?? ''
    })
    .catch(() => undefined)
    // Unsolved, the form is answered with another one.
    .finally(() => {
      if (button) button.disabled = false
    })
}
