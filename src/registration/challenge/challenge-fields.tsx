/** The part of a form that a challenge fills in. Nothing of it works without a script, and it says so. */
import type { FC } from 'hono/jsx'
import { workScriptAsset } from '../../pages/assets.ts'
import type { Page } from '../../pages/page.ts'
import type { ShownChallenge } from './challenge.ts'
import { turnstileOrigin } from './turnstile.ts'
import { answerField, puzzleField } from './work-fields.ts'

export const ChallengeFields: FC<{ readonly page: Page; readonly challenge: ShownChallenge }> = ({
  page: { messages, language },
  challenge,
}) => {
  const texts = messages.registration
  return (
    <>
      {challenge.kind === 'work' ? (
        <>
          <p class="wrong" data-without-work="">
            {texts.challengeNeedsScript}
          </p>
          <input type="hidden" name={puzzleField} value={challenge.puzzle} autocomplete="off" />
          <input type="hidden" name={answerField} value="" autocomplete="off" data-work="" />
          <p class="hint" role="status" data-work-done={texts.challengeDone} data-work-status="" hidden>
            {texts.challengeRunning}
          </p>
          <script type="module" src={workScriptAsset.path} />
        </>
      ) : (
        <>
          <noscript>
            <p class="wrong">{texts.challengeNeedsScript}</p>
          </noscript>
          <div
            class="cf-turnstile"
            data-sitekey={challenge.site_key}
            data-cdata={challenge.subject}
            data-language={language.tag}
            data-theme="auto"
          />
          <script src={`${turnstileOrigin}/turnstile/v0/api.js`} async defer />
        </>
      )}
    </>
  )
}
