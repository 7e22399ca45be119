/** Dark colors of ReDoc, near those of Swagger UI's dark theme. What no option reaches is in page.css. */
export const darkTheme = {
  colors: {
    primary: { main: '#8ab4ff' },
    success: { main: '#5fd38d' },
    warning: { main: '#f5b83d' },
    error: { main: '#ff8a80' },
    gray: { 50: '#24292c', 100: '#2a2e30' },
    text: { primary: '#e4e6e6', secondary: '#b7bcbf' },
    border: { dark: '#545d61', light: '#3a4246' },
    responses: { info: { color: '#6cc3e8' } },
  },
  schema: { linesColor: '#6b757a', nestedBackground: '#24292c' },
  typography: { code: { color: '#ffa8a0', backgroundColor: '#2f3639' } },
  sidebar: {
    backgroundColor: '#16191b',
    textColor: '#e4e6e6',
    activeTextColor: '#8ab4ff',
    groupItems: { activeBackgroundColor: '#2a2e30' },
    level1Items: { activeBackgroundColor: '#2a2e30' },
  },
  rightPanel: {
    backgroundColor: '#111416',
    textColor: '#f0f1f1',
    servers: {
      overlay: { backgroundColor: '#24292c', textColor: '#e4e6e6' },
      url: { backgroundColor: '#1c2022' },
    },
  },
  codeBlock: { backgroundColor: '#080a0b' },
  fab: { backgroundColor: '#2a2e30', color: '#8ab4ff' },
}
