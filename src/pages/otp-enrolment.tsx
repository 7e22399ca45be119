/** How a person brings a new seed into an authenticator app: a QR code, the key as text, a link on the same device. */
import type { FC } from 'hono/jsx'
import { encodeBase32 } from '../one-time-passwords/base32.ts'
import type { Enrolment } from '../one-time-passwords/enrolment.ts'
import { enrolledParameters } from '../one-time-passwords/generator.ts'
import { otpauthUri } from '../one-time-passwords/otpauth-uri.ts'
import type { QrCode } from '../one-time-passwords/qr-code.ts'
import { CodeField, type Problem } from './form-parts.tsx'
import type { Page } from './page.ts'
import { QrFigure } from './sign-in-parts.tsx'

export interface ShownEnrolment {
  readonly uri: string
  readonly picture: QrCode
  /** Base32. */
  readonly key: string
  /** Where the form carries it. */
  readonly sealed: string | undefined
}

/** What is shown of an enrolment. Loads the drawing of QR codes. */
export async function showEnrolment(
  { seed, sealed }: Pick<Enrolment, 'seed'> & Partial<Pick<Enrolment, 'sealed'>>,
  label: { readonly issuer: string; readonly account: string },
): Promise<ShownEnrolment> {
  const { drawQrCode } = await import('../one-time-passwords/qr-code.ts')
  const uri = otpauthUri(label, enrolledParameters, seed)
  return { uri, key: encodeBase32(seed), sealed, picture: drawQrCode(uri) }
}

interface OtpEnrolmentProps {
  readonly page: Page
  readonly enrolment: ShownEnrolment
  readonly problems: readonly Problem[]
}

/** The parts of a form: the code that confirms the seed is its field `code`. */
export const OtpEnrolment: FC<OtpEnrolmentProps> = ({ page, enrolment, problems }) => {
  const texts = page.messages.oneTimePasswords
  const { picture, uri, key, sealed } = enrolment
  return (
    <>
      <p>{texts.scan}</p>
      <QrFigure label={texts.picture} secret={key} secretLabel={texts.enterKey}>
        <svg viewBox={`0 0 ${picture.size} ${picture.size}`} aria-hidden="true">
          <path d={picture.path} fill="currentColor" />
        </svg>
      </QrFigure>
      <p>
        <a href={uri}>{texts.openApp}</a>
      </p>
      <p>{texts.confirmText}</p>
      {sealed && <input type="hidden" name="enrolment" value={sealed} />}
      <OtpCodeField page={page} problems={problems} autofocus={false} />
    </>
  )
}

interface OtpCodeFieldProps {
  readonly page: Page
  readonly problems: readonly Problem[]
  readonly autofocus: boolean
}

/** The code of an app; people may type it in groups. */
export const OtpCodeField: FC<OtpCodeFieldProps> = ({ page: { messages }, problems, autofocus }) => (
  <CodeField
    name="code"
    label={messages.oneTimePasswords.codeLabel}
    kind="digits"
    maxlength={32}
    autofocus={autofocus}
    problems={problems}
  />
)
