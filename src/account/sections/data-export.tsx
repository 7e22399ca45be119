/** The way to a file with everything that is stored about the person. */
import { HiddenFields } from '../../pages/form-parts.tsx'
import type { AccountSection } from './account-section.ts'

export const dataExportSection: AccountSection = {
  async show({ page }) {
    const texts = page.messages.accountPages
    return (
      <section class="card" aria-labelledby="export">
        <h2 id="export">{texts.exportTitle}</h2>
        <p class="quiet">{texts.exportText}</p>
        <p class="quiet">{texts.exportHint}</p>
        <form method="post" action="/account/data/export">
          <HiddenFields page={page} />
          <div class="actions">
            <button type="submit" class="second">
              {texts.exportAction}
            </button>
          </div>
        </form>
      </section>
    )
  },
}
