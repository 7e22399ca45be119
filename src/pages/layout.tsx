/** The frame of every hosted page. Plain HTML that works without JavaScript. */
import type { Child, FC } from 'hono/jsx'
import { iconAsset, stylesheetAsset } from './assets.ts'
import type { Page } from './page.ts'

interface LayoutProps {
  readonly page: Page
  readonly title: string
  /** A wider column, for lists. */
  readonly wide?: boolean | undefined
  /** The form was refused: the title begins with that, because screen readers read it first. */
  readonly hasProblem?: boolean | undefined
  readonly children: Child
}

export const Layout: FC<LayoutProps> = ({ page, title, wide, hasProblem, children }) => (
  <html lang={page.language.tag} dir={page.language.dir}>
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="robots" content="noindex" />
      <meta name="color-scheme" content="light dark" />
      <title>{`${hasProblem ? `${page.messages.thereIsAProblem}: ` : ''}${title} – Authly`}</title>
      <link rel="stylesheet" href={stylesheetAsset.path} />
      <link rel="icon" type="image/svg+xml" href={iconAsset.path} />
    </head>
    <body>
      <a class="skip" href="#content">
        {page.messages.skipToContent}
      </a>
      <header class={wide ? 'wide' : undefined}>
        <div class="brand">
          <img src={iconAsset.path} alt="" width="28" height="28" />
          <span>Authly</span>
        </div>
      </header>
      <main id="content" tabindex={-1} class={wide ? 'wide' : undefined}>
        {children}
      </main>
    </body>
  </html>
)
