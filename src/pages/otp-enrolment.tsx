/** How a person brings a new seed into an authenticator app: a QR code, the key as text, a link on the same device. */
import type { FC } from 'hono/jsx'
import { encodeBase32 } from '../one-time-passwords/base32.ts'
import type { Enrolment } from '../one-time-passwords/enrolment.ts'
import { enrolledParameters } from '../one-time-passwords/generator.ts'
import { otpauthUri } from '../one-time-passwords/otpauth-uri.ts'
import type { QrCode } from '../one-time-passwords/qr-code.ts'
import { Field, type Problem } from './form-parts.tsx'
import type { Page } from './page.ts'

export interface ShownEnrolment {
  readonly uri: string
  readonly picture: QrCode
  /** Base32 in groups. */
  readonly key: string
  readonly sealed: string
}

/** What is shown of an enrolment. Loads the drawing of QR codes. */
export async function showEnrolment(
  { seed, sealed }: Enrolment,
  label: { readonly issuer: string; readonly account: string },
): Promise<ShownEnrolment> {
  const { drawQrCode } = await import('../one-time-passwords/qr-code.ts')
  const uri = otpauthUri(label, enrolledParameters, seed)
  const key =
    encodeBase32(seed)
      .match(/.{1,4}/g)
      ?.join(' ') ?? ''
  return { uri, key, sealed, picture: drawQrCode(uri) }
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
      {/* Dark on light whatever the colours of the page: scanners need it. */}
      <svg class="qr" viewBox={`0 0 ${picture.size} ${picture.size}`} role="img" aria-label={texts.picture}>
        <rect width={picture.size} height={picture.size} fill="#fff" />
        <path d={picture.path} fill="#000" />
      </svg>
      <p>
        {texts.enterKey} <code dir="ltr">{key}</code>
      </p>
      <p>
        <a href={uri}>{texts.openApp}</a>
      </p>
      <p>{texts.confirmText}</p>
      <input type="hidden" name="enrolment" value={sealed} />
      <OtpCodeField page={page} problems={problems} autofocus={false} />
    </>
  )
}

interface OtpCodeFieldProps {
  readonly page: Page
  readonly problems: readonly Problem[]
  readonly autofocus: boolean
}

/** The code of an app. Text, not a number: it may begin with zeros, and people type it in groups. */
export const OtpCodeField: FC<OtpCodeFieldProps> = ({ page: { messages }, problems, autofocus }) => (
  <Field
    name="code"
    label={messages.oneTimePasswords.codeLabel}
    type="text"
    inputmode="numeric"
    autocomplete="one-time-code"
    maxlength={32}
    autofocus={autofocus}
    problems={problems}
  />
)
