/**
 * The HTML of an e-mail. Mail programs are not browsers: tables give the layout, styles stand at the elements, and the
 * stylesheet holds only what improves it where it is understood (dark colours, narrow screens). Nothing is loaded but
 * the logo, and nothing counts who has opened the message.
 */

import { raw } from 'hono/html'
import type { FC } from 'hono/jsx'
import { accentColors, fixedColors, type Mode } from '../branding/palette.ts'
import type { MessageBrand } from './message-brand.ts'
import type { EmailParts, MessageContext } from './messages/define-message.ts'

const font =
  "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,'Helvetica Neue',Arial,'Noto Sans',sans-serif"
const mono = "ui-monospace,SFMono-Regular,Menlo,Consolas,'Liberation Mono',monospace"

interface EmailDocument {
  readonly parts: EmailParts
  readonly context: MessageContext
  readonly brand: MessageBrand
}

/** A whole HTML document. */
export const renderEmail = (document: EmailDocument): string =>
  `<!doctype html>${String(<EmailPage {...document} />)}`

const colorsOf = ({ colors }: MessageBrand, mode: Mode) => ({
  ...fixedColors[mode],
  ...accentColors(colors[mode].accent),
  page: colors[mode].background,
})

/** `!important`, because the light colours stand at the elements. */
function stylesheet(brand: MessageBrand): string {
  const dark = colorsOf(brand, 'dark')
  return [
    ':root{color-scheme:light dark;supported-color-schemes:light dark}',
    'body{margin:0;padding:0;-webkit-text-size-adjust:100%}',
    '@media (max-width:480px){.inner{padding:24px 20px!important}}',
    '@media (prefers-color-scheme:dark){',
    `.page{background:${dark.page}!important}`,
    `.card{background:${dark.card}!important;border-color:${dark.hairline}!important}`,
    `.text{color:${dark.text}!important}`,
    `.quiet{color:${dark.quiet}!important}`,
    `.button{background:${dark.accent}!important;color:${dark['on-accent']}!important}`,
    `.code{background:${dark.soft}!important;color:${dark.text}!important}`,
    `.link{color:${dark.accent}!important}`,
    '}',
  ].join('')
}

const EmailPage: FC<EmailDocument> = ({ parts, context, brand }) => {
  const { tag, dir } = context.language
  const light = colorsOf(brand, 'light')
  const align = dir === 'rtl' ? 'right' : 'left'
  return (
    <html lang={tag} dir={dir}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <meta name="color-scheme" content="light dark" />
        <meta name="format-detection" content="telephone=no,date=no,address=no,email=no" />
        <title>{parts.subject}</title>
        <style>{raw(stylesheet(brand))}</style>
      </head>
      <body class="page" style={`margin:0;padding:0;background:${light.page}`}>
        <div style="display:none;max-height:0;overflow:hidden">{parts.preview}</div>
        <table
          role="presentation"
          class="page"
          width="100%"
          cellpadding="0"
          cellspacing="0"
          style={`background:${light.page}`}
        >
          <tr>
            <td align="center" style="padding:32px 12px">
              <table
                role="presentation"
                width="100%"
                cellpadding="0"
                cellspacing="0"
                style={`max-width:520px;font-family:${font};text-align:${align}`}
                dir={dir}
              >
                <Header brand={brand} color={light.text} />
                <tr>
                  <td
                    class="card inner"
                    style={`background:${light.card};border:1px solid ${light.hairline};border-radius:12px;padding:32px`}
                  >
                    <Content parts={parts} context={context} light={light} />
                  </td>
                </tr>
                <tr>
                  <td
                    class="quiet"
                    style={`padding:20px 8px;color:${light.quiet};font-size:13px;line-height:20px`}
                  >
                    {context.service} · {context.host}
                  </td>
                </tr>
              </table>
            </td>
          </tr>
        </table>
      </body>
    </html>
  )
}

const Header: FC<{ readonly brand: MessageBrand; readonly color: string }> = ({ brand, color }) => (
  <tr>
    <td
      class="text"
      style={`padding:0 8px 20px;color:${color};font-size:17px;line-height:40px;font-weight:600`}
    >
      {brand.logo && (
        <img
          src={brand.logo}
          alt={brand.showsName ? '' : brand.name}
          height="40"
          style="height:40px;vertical-align:middle;border:0;margin-inline-end:10px"
        />
      )}
      {brand.showsName && <span style="vertical-align:middle">{brand.name}</span>}
    </td>
  </tr>
)

interface ContentProps {
  readonly parts: EmailParts
  readonly context: MessageContext
  readonly light: ReturnType<typeof colorsOf>
}

const Content: FC<ContentProps> = ({ parts, context, light }) => {
  const { action, code } = parts
  const text = `margin:0 0 16px;color:${light.text};font-size:16px;line-height:24px`
  const note = `margin:0 0 8px;color:${light.quiet};font-size:13px;line-height:20px`
  return (
    <>
      <h1
        class="text"
        style={`margin:0 0 16px;color:${light.text};font-size:22px;line-height:30px;font-weight:650`}
      >
        {parts.title}
      </h1>
      {parts.paragraphs.map((paragraph) => (
        <p class="text" style={text}>
          {paragraph}
        </p>
      ))}
      {code !== undefined && (
        <p
          class="code"
          dir="ltr"
          style={`margin:8px 0 24px;padding:16px;background:${light.soft};color:${light.text};border-radius:8px;font-family:${mono};font-size:32px;line-height:40px;letter-spacing:6px;text-align:center`}
        >
          {code}
        </p>
      )}
      {action !== undefined && (
        <>
          <p style="margin:8px 0 24px">
            <a
              class="button"
              href={action.url}
              style={`display:inline-block;background:${light.accent};color:${light['on-accent']};border-radius:8px;padding:13px 22px;font-size:16px;line-height:22px;font-weight:600;text-decoration:none`}
            >
              {action.label}
            </a>
          </p>
          <p class="quiet" style={note}>
            {context.language.messages.mail.addressInstead}
            <br />
            <a class="link" href={action.url} dir="ltr" style={`color:${light.accent};word-break:break-all`}>
              {action.url}
            </a>
          </p>
        </>
      )}
      {parts.notes.map((line) => (
        <p class="quiet" style={note}>
          {line}
        </p>
      ))}
    </>
  )
}
