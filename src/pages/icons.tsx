/** Small pictures beside texts: inline, because they take the colour of the text. Never read out. */
import type { Child, FC } from 'hono/jsx'

const Icon: FC<{ readonly children: Child; readonly class?: string }> = ({ children, ...more }) => (
  <svg
    {...more}
    viewBox="0 0 24 24"
    width="20"
    height="20"
    fill="none"
    stroke="currentColor"
    stroke-width="1.75"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
  >
    {children}
  </svg>
)

export const EyeIcon: FC = () => (
  <Icon>
    <path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Z" />
    <circle cx="12" cy="12" r="3" />
    <path class="strike" d="m4 20 16-16" />
  </Icon>
)

export const PersonIcon: FC = () => (
  <Icon>
    <circle cx="12" cy="8" r="4" />
    <path d="M4.5 20.5a7.5 7.5 0 0 1 15 0" />
  </Icon>
)

export const PasskeyIcon: FC = () => (
  <Icon>
    <circle cx="10" cy="7.5" r="3.75" />
    <path d="M3 20v-1a6 6 0 0 1 6-6h1.5" />
    <circle cx="17.5" cy="13" r="2.75" />
    <path d="M17.5 15.75V21l1.75-1.5L17.5 18" />
  </Icon>
)

export const GlobeIcon: FC = () => (
  <Icon>
    <circle cx="12" cy="12" r="9" />
    <path d="M3 12h18M12 3c3 3 3.75 6 3.75 9S15 18 12 21c-3-3-3.75-6-3.75-9S9 6 12 3Z" />
  </Icon>
)

export const CheckIcon: FC = () => (
  <Icon class="check">
    <path d="m5 12.5 4.5 4.5L19 7.5" />
  </Icon>
)

/** Points on, in the direction of reading: turned around in languages written from right to left. */
export const OnwardIcon: FC = () => (
  <Icon class="onward">
    <path d="m9 6 6 6-6 6" />
  </Icon>
)
