/* Before the first paint: `html.dark-mode` is what Swagger UI's stylesheet goes by, and nothing in its bundle sets it. */
const darkScheme = matchMedia('(prefers-color-scheme: dark)')
const applyScheme = () => document.documentElement.classList.toggle('dark-mode', darkScheme.matches)
applyScheme()
darkScheme.addEventListener('change', applyScheme)
