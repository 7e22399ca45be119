/** A new set of recovery codes: to copy, to print, and as a text file that needs no script. */
import type { FC } from 'hono/jsx'
import { isolated } from '../messages/isolated.ts'
import { type DrawnCodes, recoveryCodeText } from '../one-time-passwords/manage-recovery-codes.ts'
import type { Page } from './page.ts'
import { CodesList } from './sign-in-parts.tsx'

interface RecoveryCodeListProps {
  readonly page: Page
  /** `sealed` where the form carries them. */
  readonly drawn: Pick<DrawnCodes, 'codes'> & Partial<Pick<DrawnCodes, 'sealed'>>
  readonly issuer: string
  readonly account: string
}

/** The parts of a form that keeps them. What follows them is not printed: the key of an app has no place beside them. */
export const RecoveryCodeList: FC<RecoveryCodeListProps> = ({ page, drawn, issuer, account }) => {
  const texts = page.messages.recoveryCodes
  const file = recoveryCodeText(texts.fileHeading(issuer, account), drawn.codes)
  return (
    <>
      <p>{texts.newText}</p>
      <p class="printed">{texts.fileHeading(isolated(issuer), isolated(account))}</p>
      <CodesList codes={drawn.codes} />
      <p>
        <a
          download="recovery-codes.txt"
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(file.replace(/\p{Cs}/gu, ''))}`}
        >
          {texts.download}
        </a>
      </p>
      {drawn.sealed && <input type="hidden" name="codes" value={drawn.sealed} />}
    </>
  )
}
