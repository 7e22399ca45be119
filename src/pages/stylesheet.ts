/**
 * The stylesheet of the hosted pages. Distances are multiples of 8 pixels (.5rem), or half of that; every length that
 * belongs to text is relative, so that pages grow with it. Logical properties turn around in languages written from
 * right to left.
 */
import { colorRules } from '../branding/color-properties.ts'
import { defaultColors } from '../branding/palette.ts'

const base = `
*,*::before,*::after{box-sizing:border-box}
[hidden]{display:none!important}
html{color-scheme:light dark;-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{
  margin:0;min-height:100vh;min-height:100dvh;padding:2rem 1rem;
  display:flex;flex-direction:column;align-items:center;justify-content:center;
  background:var(--page);color:var(--text);font-size:.9375rem;line-height:1.5;
  font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Hiragino Sans","Noto Sans CJK JP","Noto Sans Arabic",sans-serif;
  -webkit-font-smoothing:antialiased;
}
body.wide{justify-content:flex-start}
h1,h2,p,ul,ol,dl,dd,figure{margin:0;padding:0}
h1,h2{font-weight:600;text-wrap:balance;overflow-wrap:anywhere;hyphens:auto}
h1{font-size:1.25rem;line-height:1.35;letter-spacing:-.011em}
:lang(ar) h1,:lang(ja) h1{letter-spacing:0}
h2{font-size:1.0625rem;line-height:1.35}
p{overflow-wrap:anywhere;text-wrap:pretty}
:lang(ja){word-break:auto-phrase}
ul,ol{list-style:none}
ul:empty{display:none}
svg{flex:none}
a{color:var(--accent);font-weight:500;text-decoration:none;border-radius:.25rem}
a:hover{color:var(--accent-strong);text-decoration:underline;text-underline-offset:.2em}
p a{text-decoration:underline;text-underline-offset:.2em}
code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:.9375em;overflow-wrap:anywhere}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
main:focus{outline:none}
.skip{position:absolute;inset-inline-start:-200vw;padding:.5rem 1rem;background:var(--card);border-radius:.5rem}
.skip:focus{inset-inline-start:1rem;top:1rem;z-index:1}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.quiet,.hint{color:var(--quiet);font-size:.875rem}
`

const frame = `
.frame{
  width:100%;max-width:25.5rem;padding:2.5rem 2.25rem;background:var(--card);border:1px solid var(--hairline);
  border-radius:1rem;box-shadow:0 1px 2px rgb(0 0 0/.04),0 16px 40px -16px rgb(0 0 0/.16);
}
.brand{display:flex;align-items:center;justify-content:center;gap:.625rem;margin-bottom:1.5rem;font-size:1.0625rem;font-weight:600;letter-spacing:-.01em}
.brand span{min-width:0;overflow-wrap:anywhere}
.brand img{display:block;width:1.75rem;height:1.75rem;object-fit:contain}
.brand .logo{width:auto;height:2.5rem;max-width:100%}
.brand picture{min-width:0}
.frame:not(.wide) .brand:has(.logo){flex-direction:column;gap:.75rem;text-align:center}
.card>*+*{margin-top:1.5rem}
.frame:not(.wide) h1,.frame:not(.wide) .lead{text-align:center}
.lead{color:var(--quiet);text-wrap:balance}
.card>h1+.lead{margin-top:.375rem}
.card>.lead+.lead{margin-top:.25rem}
.frame.wide{max-width:46rem;padding:0;background:none;border:0;box-shadow:none}
.wide>.brand{justify-content:flex-start;padding-inline:.25rem}
.wide .card{padding:1.75rem 2rem;background:var(--card);border:1px solid var(--hairline);border-radius:1rem;box-shadow:0 1px 2px rgb(0 0 0/.04)}
.wide .card+.card{margin-top:1rem}
.wide .card>*+*{margin-top:1rem}
.foot{width:100%;max-width:25.5rem;margin-top:1.5rem;display:flex;flex-direction:column;align-items:center;gap:.75rem;font-size:.8125rem;color:var(--quiet)}
.foot ul{display:flex;flex-wrap:wrap;justify-content:center;gap:.25rem 1.25rem}
.foot a{display:inline-block;padding:.25rem 0;color:inherit;font-weight:400}
.foot a:hover{color:var(--text)}
.foot nav{max-width:100%}
.languages{text-align:center}
.languages summary{display:inline-flex;align-items:center;gap:.375rem;min-height:2rem;padding:.25rem .625rem;border-radius:.5rem;cursor:pointer;list-style:none}
.languages summary::-webkit-details-marker{display:none}
.languages summary:hover,.languages[open] summary{background:var(--hairline);color:var(--text)}
.languages svg{width:1rem;height:1rem}
.languages ul{margin-top:.5rem}
.languages [aria-current]{color:var(--text);font-weight:600}
@media (max-width:30rem){
  body{padding:0 0 1.5rem;justify-content:flex-start;background:var(--card)}
  .frame{padding:2rem 1.25rem 1rem;border:0;border-radius:0;box-shadow:none}
  body.wide{background:var(--page)}
  .frame.wide{padding:1.25rem .75rem 0}
  .wide .card{padding:1.25rem}
  .foot{padding-inline:1.25rem}
}
`

const forms = `
form{margin:0}
form>:not([type=hidden])~*{margin-top:1.25rem}
form>:not([type=hidden])~h2{margin-top:2rem}
form>h2+*{margin-top:.5rem!important}
label{display:block;font-size:.875rem;font-weight:500}
.hint{margin-top:.125rem}
/* The other way in, below a form. */
.aside{margin-top:1.5rem;text-align:center;color:var(--quiet)}
form+.hint{margin:1.5rem 0 .75rem}
.wrong{display:flex;gap:.375rem;margin-top:.5rem;color:var(--danger);font-size:.875rem}
.wrong::before{content:"!";flex:none;width:1.125rem;height:1.125rem;margin-top:.125rem;border-radius:50%;font-size:.75rem;font-weight:700;line-height:1.125rem;text-align:center;color:var(--card);background:var(--danger)}
input:not([type=hidden],[type=checkbox],[type=radio]),select,textarea{
  /* 16 pixels at least: phones would zoom in on smaller text. */
  display:block;width:100%;min-height:2.75rem;margin-top:.375rem;padding:.5rem .75rem;
  font:inherit;font-size:1rem;color:inherit;background:var(--card);border:1px solid var(--line);border-radius:.5rem;
}
.field .hint+input,.field .hint+.with-button{margin-top:.5rem}
input:hover{border-color:var(--quiet)}
input:focus-visible{outline-offset:0;border-color:var(--accent)}
input:read-only{background:var(--soft);border-color:var(--hairline);color:var(--quiet);text-overflow:ellipsis}
input[aria-invalid=true]{border-color:var(--danger);box-shadow:0 0 0 1px var(--danger)}
input.code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:1.25rem;letter-spacing:.2em;text-align:center}
input[type=checkbox],input[type=radio]{width:1.125rem;height:1.125rem;margin:.1875rem 0 0;accent-color:var(--accent);flex:none}
.choice{display:flex;gap:.625rem;min-height:1.5rem}
.choice label{font-weight:400}
.with-button{position:relative}
.with-button input{padding-right:3rem!important}
.reveal{position:absolute;right:.25rem;top:50%;width:2.25rem;height:2.25rem;min-height:0;margin-top:-1.125rem;padding:0;color:var(--quiet);background:none;border:0;box-shadow:none}
.reveal:hover{color:var(--text);background:var(--soft)}
.reveal[aria-pressed=true] .strike{display:none}
button,.button{
  display:inline-flex;align-items:center;justify-content:center;gap:.5rem;min-height:2.75rem;padding:.5rem 1rem;
  font:inherit;font-weight:600;text-align:center;text-decoration:none;cursor:pointer;overflow-wrap:anywhere;
  color:var(--on-accent);background:var(--accent);border:1px solid transparent;border-radius:.5rem;
}
button:hover,.button:hover{color:var(--on-accent);background:var(--accent-strong);text-decoration:none}
.second{color:var(--text);background:var(--card);border-color:var(--line);font-weight:500}
.second:hover{color:var(--text);background:var(--soft)}
.danger{color:var(--danger);background:var(--card);border-color:currentColor}
.danger:hover{color:var(--danger);background:var(--danger-back)}
button.link{min-height:1.5rem;padding:0;color:var(--accent);background:none;border:0;font-weight:500}
button.link:hover{color:var(--accent-strong);text-decoration:underline;text-underline-offset:.2em}
.actions{display:flex;flex-direction:column;gap:.75rem}
.actions>*{width:100%}
form>:not([type=hidden])~.actions{margin-top:1.5rem}
.wide .actions{flex-flow:row wrap}
.wide .actions>*{width:auto}
form[aria-busy=true] button[type=submit]{opacity:.65;cursor:progress}
.summary,.notice,.caution{padding:.75rem 1rem;border:1px solid currentColor;border-radius:.5rem;font-size:.875rem}
.summary{color:var(--danger);background:var(--danger-back)}
.notice{color:var(--good);background:var(--good-back)}
.caution{border-width:2px;font-weight:500}
.summary .head{font-weight:600}
.summary ul{margin-top:.125rem}
.summary a{color:inherit;text-decoration:underline;text-underline-offset:.2em}
`

const parts = `
.chip{display:grid;grid-template-columns:auto 1fr;align-items:center;gap:0 .75rem;padding:.625rem .75rem;border:1px solid var(--hairline);border-radius:.75rem;background:var(--soft);font-size:.875rem;line-height:1.35}
.avatar{grid-row:span 2;width:2rem;height:2rem;border-radius:50%;background:var(--accent);color:var(--on-accent);font-size:.9375rem;font-weight:600;line-height:2rem;text-align:center;flex:none}
.who{min-width:0;font-weight:500;overflow-wrap:anywhere;text-align:start}
.chip input.who:read-only{width:100%;min-height:1.5rem;margin:0;padding:0;font-size:.875rem;color:inherit;background:none;border:0;text-align:start}
[dir=rtl] .chip input.who{text-align:right}
.chip .who:last-child{grid-row:span 2}
.chip a{justify-self:start;min-height:1.5rem;font-size:.8125rem;line-height:1.5rem}
.accounts{border:1px solid var(--line);border-radius:.75rem;overflow:hidden}
.accounts>*{width:100%;min-height:3.5rem;justify-content:flex-start;gap:.75rem;padding:.625rem .875rem;color:var(--text);background:var(--card);border:0;border-radius:0;font-weight:500;text-align:start}
.accounts>*+*{border-top:1px solid var(--hairline)}
.accounts>:hover{color:var(--text);background:var(--soft)}
.accounts>:focus-visible{outline-offset:-3px;border-radius:.75rem}
.accounts .who{flex:1}
.accounts svg{color:var(--quiet)}
.accounts .other{width:2rem;text-align:center}
.divider{display:flex;align-items:center;gap:.75rem;color:var(--quiet);font-size:.8125rem}
.divider::before,.divider::after{content:"";flex:1;border-top:1px solid var(--hairline)}
.alternatives{padding-top:1.25rem;border-top:1px solid var(--hairline)}
.alternatives h2{font-size:.875rem;font-weight:500;color:var(--quiet)}
.alternatives ul{margin-top:.5rem;border:1px solid var(--hairline);border-radius:.5rem}
.alternatives li+li{border-top:1px solid var(--hairline)}
.alternatives a{display:flex;align-items:center;justify-content:space-between;gap:.75rem;min-height:2.75rem;padding:.5rem .875rem;color:var(--text);border-radius:.5rem}
.alternatives a:hover{background:var(--soft);text-decoration:none}
.alternatives svg{color:var(--quiet)}
.more{padding-top:1.25rem;border-top:1px solid var(--hairline)}
.more summary{padding:.375rem 0;font-size:.875rem;font-weight:500;color:var(--quiet);border-radius:.5rem;cursor:pointer}
.more summary:hover,.more[open] summary{color:var(--text)}
.more form{margin-top:1.25rem}
[dir=rtl] .onward{transform:scaleX(-1)}
.asked{padding:.25rem 1rem;border:1px solid var(--hairline);border-radius:.75rem;background:var(--soft)}
.asked li{display:flex;gap:.625rem;padding:.5rem 0;overflow-wrap:anywhere}
.asked li+li{border-top:1px solid var(--hairline)}
.asked li svg{color:var(--good);margin-top:.0625rem}
.asked li>span{min-width:0}
.card>p:has(+.asked,+.detail){font-weight:500}
.card>p+.asked,.card>p+.detail{margin-top:.5rem}
.detail{padding:.75rem 1rem;border:1px solid var(--hairline);border-radius:.75rem;background:var(--soft);overflow-wrap:anywhere}
.detail dl{margin-top:.5rem;grid-template-columns:1fr;gap:.125rem}
.detail dd+dt{margin-top:.375rem}
.links{display:flex;flex-wrap:wrap;gap:0 1rem;color:var(--quiet);font-size:.8125rem}
.frame:not(.wide) .links{justify-content:center;text-align:center}
.links a{display:inline-block;padding:.1875rem 0;color:inherit;font-weight:400;text-decoration:underline;text-underline-offset:.2em;overflow-wrap:anywhere}
.links a:hover{color:var(--text)}
.fine .links{margin-top:.5rem}
.fine{color:var(--quiet);font-size:.8125rem;text-align:center}
.tabs ul{display:flex;flex-wrap:wrap;gap:.25rem;margin-inline:-.5rem}
.tabs a{display:block;padding:.375rem .75rem;border-radius:.5rem;color:var(--quiet);font-size:.875rem}
.tabs a:hover{color:var(--text);background:var(--soft);text-decoration:none}
.tabs [aria-current]{color:var(--text);background:var(--soft);font-weight:600}
.fields{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(16rem,100%),1fr));gap:1.25rem 1rem;align-items:end}
.dots{margin-top:.25rem;padding-inline-start:1.25rem;list-style:disc}
.row:has(.dots){align-items:flex-start}
.dots li+li{margin-top:.25rem}
.plain>li{padding:1rem 0;border-top:1px solid var(--hairline)}
.plain>li:last-child{padding-bottom:0}
.row{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:.75rem 1rem}
.row>div{min-width:0;flex:1 1 14rem}
.row>div:has(>:is(h1,h2):only-child){flex-basis:auto}
.row .second,.row .danger{min-height:2.25rem;padding:.25rem .875rem;font-size:.875rem}
dl{display:grid;grid-template-columns:minmax(8rem,auto) 1fr;gap:.5rem 1rem}
dt{color:var(--quiet)}
dd{overflow-wrap:anywhere}
.tag{display:inline-block;padding:0 .5rem;border:1px solid var(--hairline);border-radius:1rem;font-size:.75rem;font-weight:500;line-height:1.5rem;color:var(--quiet);background:var(--soft)}
.qr{text-align:center}
svg.qr{display:block;width:12.5rem;max-width:100%;height:auto;margin-inline:auto;padding:.75rem;background:#fff;border:1px solid var(--hairline);border-radius:.75rem}
.qr-code{display:inline-block;padding:.75rem;background:#fff;border:1px solid var(--hairline);border-radius:.75rem;line-height:0;forced-color-adjust:none}
.qr-code svg{width:11rem;height:11rem;color:#000}
.qr figcaption{margin-top:.75rem;color:var(--quiet);font-size:.875rem}
.qr code,.codes code{display:block;color:var(--text)}
.codes.one code{font-size:1.75rem;letter-spacing:.15em}
.printed{display:none}
.codes{display:grid;grid-template-columns:repeat(auto-fit,minmax(8rem,1fr));gap:.5rem;padding:1rem;border:1px solid var(--hairline);border-radius:.75rem;background:var(--soft);text-align:center}
@media (max-width:26rem){dl{grid-template-columns:1fr;gap:.125rem}dd+dt{margin-top:.5rem}}
`

const modes = `
@media (prefers-reduced-motion:no-preference){
  a,button,.button,input,summary{transition:background-color .12s,border-color .12s,color .12s}
  button:active,.button:active{transform:translateY(1px)}
}
@media (forced-colors:active){
  .wrong::before,.avatar{forced-color-adjust:none;color:Canvas;background:CanvasText}
  button:not(.second,.link,.reveal,.accounts *),.button:not(.second,.accounts *){forced-color-adjust:none;color:ButtonFace;background:ButtonText}
  .reveal{border-color:transparent}
}
@media print{
  html{color-scheme:light}
  body{display:block;padding:0;background:none}
  .frame{border:0;box-shadow:none}
  .skip,.foot,.actions,.field,button,nav,.summary,.notice,.chip,.lead,.codes~*{display:none}
  .printed{display:block;font-weight:600}
  .codes{break-inside:avoid}
}
`

/** Without the line breaks and the comments that only those who change it need. */
const compact = (css: string): string => css.replace(/\/\*.*?\*\//gs, '').replace(/\n\s*/g, '')

export const stylesheet = colorRules(defaultColors) + compact(base + frame + forms + parts + modes)
