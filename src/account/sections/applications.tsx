/** Applications that have something of the person: what, since when, the way to take it back, and the way to them. */
import type { FC } from 'hono/jsx'
import { describeConsent } from '../../login/describe-consent.ts'
import { formatTime } from '../../messages/format-time.ts'
import { isolated } from '../../messages/isolated.ts'
import { AdministeredArea } from '../../pages/administered-area.tsx'
import { DetailsList } from '../../pages/details-list.tsx'
import { HiddenFields } from '../../pages/form-parts.tsx'
import type { FormPage } from '../../pages/page.ts'
import type { ScopeCatalog } from '../../scopes/scope.ts'
import type { GrantedClient } from '../../sessions/list-grants.ts'
import { signInLink } from '../initiate-login-link.ts'
import type { AllowedApplication } from '../personal-data.ts'
import type { AccountSection } from './account-section.ts'

export const applicationsSection: AccountSection = {
  notices: { withdrawn: ({ accountPages }) => accountPages.withdrawn },
  async show({ page, deps, session: { user_id }, timeZone }) {
    const texts = page.messages.accountPages
    const [grants, store, catalog] = await Promise.all([
      deps.sessionsOf(user_id).listGrants({ now: deps.now() }),
      deps.openPersonalData(),
      deps.loadScopeCatalog(),
    ])
    const names = grants.map(({ client_id }) => client_id)
    const applications = await store.applications(user_id, names)
    const haveAccess = applications.some(
      ({ client_id, consent }) => consent !== undefined || names.includes(client_id),
    )
    return (
      <section class="card" aria-label={texts.applications}>
        <p class="quiet">{haveAccess ? texts.applicationsText : texts.applicationsNone}</p>
        <ul class="plain">
          {applications.map((application, index) => (
            <ApplicationRow
              {...{ page, application, index, catalog, timeZone, issuer: deps.config.issuer }}
              granted={grants.find(({ client_id }) => client_id === application.client_id)}
            />
          ))}
        </ul>
      </section>
    )
  },
}

interface ApplicationRowProps {
  readonly page: FormPage
  readonly application: AllowedApplication
  readonly granted: GrantedClient | undefined
  readonly index: number
  readonly catalog: ScopeCatalog
  readonly timeZone: string
  readonly issuer: string
}

const ApplicationRow: FC<ApplicationRowProps> = (props) => {
  const { page, application, granted, index, catalog, timeZone, issuer } = props
  const { client_id, client_name, shown_name, reviewed, consent, initiate_login_uri } = application
  const texts = page.messages.accountPages
  const [title, button, link] = ['application', 'withdraw', 'open'].map((part) => `${part}-${index + 1}`)
  const time = (at: number) => formatTime(page.language.tag, at, timeZone)
  const allowed = consent ?? { scopes: granted?.scopes ?? [], claims: [] }
  const authorization_details = granted?.authorization_details ?? []
  const { scopes, administration, claims, details } = describeConsent(
    { ...allowed, authorization_details },
    catalog,
    page.language,
  )
  const areas = administration.map((area) => <AdministeredArea {...area} />)
  const facts = [
    consent && texts.allowedAt(time(consent.granted_at)),
    granted?.last_used_at !== undefined && texts.usedAt(time(granted.last_used_at)),
  ].filter(Boolean)
  return (
    <li class="row">
      <div>
        <p>
          <strong id={title}>{isolated(shown_name)}</strong>{' '}
          {!reviewed && <span class="tag">{texts.notReviewed}</span>}{' '}
          {granted && <span class="tag">{granted.keeps_access ? texts.keepsAccess : texts.isSignedIn}</span>}
        </p>
        {!reviewed && <p class="quiet">{texts.callsItself(isolated(client_name))}</p>}
        {facts.length > 0 && <p class="quiet">{facts.join(' · ')}</p>}
        {scopes.length + areas.length + claims.length > 0 && (
          <>
            <p class="quiet">{texts.mayDo}</p>
            <ul class="dots quiet">
              {[...scopes, ...areas, ...claims].map((item) => (
                <li>{item}</li>
              ))}
            </ul>
          </>
        )}
        <DetailsList details={details} />
      </div>
      {initiate_login_uri !== undefined && (
        <a
          class="button second"
          href={signInLink(initiate_login_uri, issuer)}
          id={link}
          aria-labelledby={`${link} ${title}`}
        >
          {texts.openApplication}
        </a>
      )}
      {(consent || granted) && (
        <form method="post" action="/account/applications/withdraw">
          <HiddenFields page={page} />
          <input type="hidden" name="client_id" value={client_id} />
          <button type="submit" class="second" id={button} aria-labelledby={`${button} ${title}`}>
            {texts.withdraw}
          </button>
        </form>
      )}
    </li>
  )
}
