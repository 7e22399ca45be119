/** Building blocks of the pages of a sign-in: whose it is, what else there is, codes to type and to keep. */
import type { Child, FC } from 'hono/jsx'
import { isolated } from '../messages/isolated.ts'
import { OnwardIcon, PasskeyIcon } from './icons.tsx'
import type { Page } from './page.ts'

interface AccountChipProps {
  readonly page: Page
  /** What the person typed, or the name of the account. */
  readonly name: string
  /** Where somebody else goes; no link when absent. */
  readonly switchTo?: string | undefined
  /** Makes the name a read-only field of the form: password managers store the password with it. */
  readonly field?: string | undefined
}

/** Whose sign-in this is, with the way out for somebody else. */
export const AccountChip: FC<AccountChipProps> = ({ page: { messages }, name, switchTo, field }) => (
  <div class="chip">
    <Avatar name={name} />
    {field === undefined ? (
      <span class="who">{isolated(name)}</span>
    ) : (
      <input
        id={field}
        name={field}
        type="text"
        value={name}
        autocomplete="username"
        readonly
        class="who"
        aria-label={messages.accountLabel}
        dir="auto"
        spellcheck={false}
      />
    )}
    {switchTo && <a href={switchTo}>{messages.useAnotherAccount}</a>}
  </div>
)

/** The first letter or digit of a name, for the eye alone: the name stands beside it. */
export const Avatar: FC<{ readonly name: string }> = ({ name }) => (
  <span class="avatar" aria-hidden="true">
    {(/[\p{L}\p{N}]/u.exec(name)?.[0] ?? '?').toUpperCase()}
  </span>
)

/** A line with "or" in it, between two ways to go on. */
export const Divider: FC<{ readonly page: Page }> = ({ page: { messages } }) => (
  <p class="divider">
    <span>{messages.look.or}</span>
  </p>
)

export interface Alternative {
  readonly href: string
  readonly label: string
}

/** Other ways to go on from here; nothing when there are none. */
export const Alternatives: FC<{ readonly page: Page; readonly ways: readonly Alternative[] }> = ({
  page: { messages },
  ways,
}) =>
  ways.length === 0 ? null : (
    <nav class="alternatives" aria-labelledby="alternatives">
      <h2 id="alternatives">{messages.look.tryAnotherWay}</h2>
      <ul>
        {ways.map(({ href, label }) => (
          <li>
            <a href={href}>
              <span>{label}</span>
              <OnwardIcon />
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )

interface PasskeyButtonProps {
  readonly label: string
  /** Beside another way that is the first one. */
  readonly second?: boolean | undefined
}

/** Starts a passkey ceremony. Hidden until the script runs, because nothing happens without it. */
export const PasskeyButton: FC<PasskeyButtonProps> = ({ label, second }) => (
  <button type="submit" class={second ? 'second' : undefined} hidden data-passkey-button>
    <PasskeyIcon />
    {label}
  </button>
)

interface QrFigureProps {
  /** The picture: an inline SVG, dark on light. */
  readonly children: Child
  /** What it is, for those who do not see it. */
  readonly label: string
  /** What it says, to type it instead. */
  readonly secret: string
  readonly secretLabel: string
}

/** A QR code, black on white in every mode, forced colours too: cameras do not read inverted ones reliably. */
export const QrFigure: FC<QrFigureProps> = ({ children, label, secret, secretLabel }) => (
  <figure class="qr">
    <div class="qr-code" role="img" aria-label={label}>
      {children}
    </div>
    <figcaption>
      {secretLabel}
      <code dir="ltr">{(secret.replaceAll(' ', '').match(/.{1,4}/g) ?? []).join(' ')}</code>
    </figcaption>
  </figure>
)

/** Codes to keep, shown once. They are what a printed page consists of. */
export const CodesList: FC<{ readonly codes: readonly string[] }> = ({ codes }) => (
  <ol class="codes" dir="ltr">
    {codes.map((code) => (
      <li>
        <code>{code}</code>
      </li>
    ))}
  </ol>
)
