/** The frame of every hosted page. Plain HTML that works without JavaScript. */
import type { Child, FC } from 'hono/jsx'
import { labelOf } from '../branding/brand.ts'
import { isolated } from '../messages/isolated.ts'
import { languageNames, supportedLanguages } from '../messages/languages.ts'
import { brandStylesheet, iconAsset, scriptAsset, stylesheetAsset } from './assets.ts'
import { GlobeIcon } from './icons.tsx'
import type { Page } from './page.ts'

interface LayoutProps {
  readonly page: Page
  readonly title: string
  /** A wider column of several cards. */
  readonly wide?: boolean | undefined
  /** The form was refused: the title begins with that, because screen readers read it first. */
  readonly hasProblem?: boolean | undefined
  /** More for the head. */
  readonly head?: Child | undefined
  readonly children: Child
}

export const Layout: FC<LayoutProps> = ({ page, title, wide, hasProblem, head, children }) => {
  const { brand, language, messages } = page
  const colors = brandStylesheet(brand)
  return (
    <html lang={language.tag} dir={language.dir}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${hasProblem ? `${messages.thereIsAProblem}: ` : ''}${title} – ${brand.name}`}</title>
        <link rel="stylesheet" href={stylesheetAsset.path} />
        {colors && <link rel="stylesheet" href={colors.path} />}
        {page.script && <script type="module" src={scriptAsset.path} />}
        {head}
        <link rel="icon" href={brand.logo ?? iconAsset.path} />
      </head>
      <body class={wide ? 'wide' : undefined}>
        <a class="skip" href="#content">
          {messages.skipToContent}
        </a>
        <div class={wide ? 'frame wide' : 'frame'}>
          <BrandHeader page={page} />
          <main id="content" tabindex={-1}>
            {children}
          </main>
        </div>
        <Footer page={page} />
      </body>
    </html>
  )
}

const BrandHeader: FC<{ page: Page }> = ({ page: { brand } }) => {
  // Beside the name a picture says nothing more.
  const alt = brand.showsName ? '' : brand.name
  return (
    <header class="brand">
      <picture>
        {brand.logo && brand.logoDark && (
          <source media="(prefers-color-scheme: dark)" srcset={brand.logoDark} />
        )}
        {brand.logo ? (
          <img class="logo" src={brand.logo} alt={alt} />
        ) : (
          <img src={iconAsset.path} alt={alt} width="28" height="28" />
        )}
      </picture>
      {brand.showsName && <span>{isolated(brand.name)}</span>}
    </header>
  )
}

/** Links of the deployment, and the languages there are. */
const Footer: FC<{ page: Page }> = ({ page }) => {
  const { brand, language, messages } = page
  return (
    <footer class="foot">
      {brand.footerLinks.length > 0 && (
        <nav aria-label={messages.look.moreLinks}>
          <ul>
            {brand.footerLinks.map((link) => (
              <li>
                {/* Opens in a new window, because a sign-in may be going on in this one. */}
                <a href={link.href} target="_blank" rel="noopener noreferrer">
                  {isolated(labelOf(link, language.tag))}
                </a>
              </li>
            ))}
          </ul>
        </nav>
      )}
      <Languages page={page} />
    </footer>
  )
}

const Languages: FC<{ page: Page }> = ({ page: { language, messages, formAddress } }) => (
  <nav aria-label={messages.look.language}>
    <details class="languages">
      <summary>
        <GlobeIcon />
        <span class="unseen">{messages.look.language}</span>
        {languageNames[language.tag]}
      </summary>
      <ul>
        {supportedLanguages.map((tag) => (
          <li>
            <a
              href={`/language?to=${tag}${formAddress === undefined ? '' : `&next=${encodeURIComponent(formAddress)}`}`}
              lang={tag}
              hreflang={tag}
              aria-current={tag === language.tag ? 'true' : undefined}
            >
              {languageNames[tag]}
            </a>
          </li>
        ))}
      </ul>
    </details>
  </nav>
)
